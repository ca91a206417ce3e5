using MiniGrad.Data;
using MiniGrad.Experiments.Data;
using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Probes;

/// <summary>Bits per byte on texts that no run trains on (<see cref="FurtherCorpus"/>): how far what was learnt carries.</summary>
internal sealed class CorporaProbe : IProbe
{
    private readonly Lazy<Corpus[]> _corpora = new(() => [.. FurtherCorpus.All.Select(corpus => corpus.Load())]);

    public string Name => "corpora";

    public void Check(Workload workload)
    {
        foreach (Corpus corpus in _corpora.Value) Tokens(corpus, workload);
    }

    /// <summary><c>corpora.NAME</c> for each text.</summary>
    public IEnumerable<(string Key, double Value)> Measure(TrainingSession session, Workload workload) =>
        [.. _corpora.Value.Select(corpus => ($"{Name}.{corpus.Name}", BitsPerByte(corpus, session, workload)))];

    private static double BitsPerByte(Corpus corpus, TrainingSession session, Workload workload)
    {
        var windows = new ValidationWindows(Tokens(corpus, workload), workload.Settings.Model.BlockSize, workload.Settings.ValidationTokens);
        int rows = TrainingSession.RowsAtOnce(session.Model.Options.VocabSize, windows.BlockSize);
        double nats = new Evaluator(session.Model, windows, rows).Evaluate() * windows.TokenCount;
        return nats / Math.Log(2) / windows.ByteCount(workload.Data.Tokenizer);
    }

    private static TokenStream Tokens(Corpus corpus, Workload workload)
    {
        ITokenizer tokenizer = workload.Data.Tokenizer;
        try
        {
            return new TokenStream(corpus.Name, tokenizer.Encode(corpus.Validation.Span), tokenizer.VocabularySize);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"probe corpora: the {tokenizer.Name} tokenizer cannot encode the text '{corpus.Name}' ({e.Message}); use --tokenizer byte", e);
        }
    }
}
