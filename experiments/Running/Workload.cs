using MiniGrad.Data;
using MiniGrad.Distributed;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Data;

namespace MiniGrad.Experiments.Running;

/// <summary>The data of a command: loaded once, shared read-only by all runs.</summary>
internal sealed record Workload(RunSettings Settings, TokenData Data, ValidationWindows Windows)
{
    /// <summary>The ranks that train together, or null where this process trains alone.</summary>
    public ICommunicator? Ranks { get; init; }

    /// <summary>Loads the corpus and sizes the model's vocabulary after the tokenizer.</summary>
    /// <exception cref="CommandException">The vocabulary asked for is smaller than the tokenizer's.</exception>
    /// <exception cref="InvalidDataException">The corpus cannot be used.</exception>
    public static Workload Load(RunSettings settings)
    {
        Corpus corpus = CorpusLocator.Load(settings.CorpusPath);
        ITokenizer tokenizer = settings.Tokenizer == "char" ? new CharTokenizer(corpus.Train.Span) : new ByteTokenizer();
        int vocabulary = settings.VocabSize ?? tokenizer.VocabularySize;
        if (vocabulary < tokenizer.VocabularySize) throw CommandException.Usage($"model.vocabSize={vocabulary}: the {tokenizer.Name} tokenizer has {tokenizer.VocabularySize} tokens; give at least as many, or leave it out");
        TokenData data = TokenData.Create(corpus, tokenizer, settings.Model.BlockSize);
        var windows = new ValidationWindows(data.Validation, settings.Model.BlockSize, settings.ValidationTokens);
        return new Workload(settings with { Model = settings.Model with { VocabSize = vocabulary } }, data, windows);
    }
}
