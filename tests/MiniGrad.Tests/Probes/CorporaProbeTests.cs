using MiniGrad.Data;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Running;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Probes;

public sealed class CorporaProbeTests
{
    [Fact]
    public void A_model_that_knows_nothing_needs_8_bits_a_byte()
    {
        Workload workload = ProbeRig.Workload();
        using TrainingSession session = ProbeRig.Session(workload);
        Parameter head = session.Model.Parameters.Single(p => p.Role == ParameterRole.Head);
        head.Tensor.CopyFrom(new float[head.Shape.Count]);
        (string Key, double Value)[] measures = [.. new CorporaProbe().Measure(session, workload)];
        Assert.Equal(["corpora.numerics", "corpora.console"], measures.Select(m => m.Key));
        Assert.All(measures, m => Assert.Equal(8, m.Value, 1e-5));
    }

    [Fact]
    public void Training_on_prose_helps_on_other_prose()
    {
        Workload workload = ProbeRig.Workload();
        using TrainingSession session = ProbeRig.Session(workload);
        session.Trainer.Run(new ProbeRig.Silent(), TestContext.Current.CancellationToken);
        double[] before = ProbeRig.Everything(session);
        Assert.All(new CorporaProbe().Measure(session, workload), m => Assert.InRange(m.Value, 2, 7.9));
        Assert.Equal(before, ProbeRig.Everything(session));
    }

    [Fact]
    public void A_tokenizer_that_lacks_a_character_is_refused_before_anything_is_trained()
    {
        Workload workload = ProbeRig.Workload();
        workload = workload with { Data = TokenData.Create(workload.Data.Corpus, new CharTokenizer(workload.Data.Corpus.Train.Span), 16) };
        BadInput.Throws("probe corpora: the char tokenizer cannot encode the text 'numerics'", () => new CorporaProbe().Check(workload), "use --tokenizer byte");
        new CorporaProbe().Check(ProbeRig.Workload());
    }
}
