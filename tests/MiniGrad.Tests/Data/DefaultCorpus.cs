using MiniGrad.Data;
using MiniGrad.Experiments.Data;
using MiniGrad.Tests.Data;

[assembly: AssemblyFixture(typeof(DefaultCorpus))]

namespace MiniGrad.Tests.Data;

/// <summary>The default corpus, extracted once for all tests that need it.</summary>
public sealed class DefaultCorpus
{
    private readonly Lazy<Corpus> _corpus = new(() => CorpusLocator.Load(null));

    public Corpus Corpus => _corpus.Value;
}
