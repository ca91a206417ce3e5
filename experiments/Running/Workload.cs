using MiniGrad.Data;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Data;

namespace MiniGrad.Experiments.Running;

/// <summary>The data of a command: loaded once, shared read-only by all runs.</summary>
internal sealed record Workload(RunSettings Settings, TokenData Data, ValidationWindows Windows)
{
    /// <summary>Loads the corpus and sizes the model's vocabulary after the tokenizer.</summary>
    /// <exception cref="InvalidDataException">The corpus cannot be used.</exception>
    public static Workload Load(RunSettings settings)
    {
        Corpus corpus = CorpusLocator.Load(settings.CorpusPath);
        ITokenizer tokenizer = settings.Tokenizer == "char" ? new CharTokenizer(corpus.Train.Span) : new ByteTokenizer();
        TokenData data = TokenData.Create(corpus, tokenizer, settings.Model.BlockSize);
        var windows = new ValidationWindows(data.Validation, settings.Model.BlockSize, settings.ValidationTokens);
        return new Workload(settings with { Model = settings.Model with { VocabSize = tokenizer.VocabularySize } }, data, windows);
    }
}
