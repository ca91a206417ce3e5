using MiniGrad.Backends.Reference;
using MiniGrad.Data;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Running;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Probes;

public sealed class InductionProbeTests
{
    private static readonly int[] Alphabet = [.. Enumerable.Range(10, 20)];

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    public void An_oracle_that_copies_is_seen_to_copy(int blockSize)
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        // Before the repetition uniform over 32 tokens; then 90 % on the right one.
        InductionProbe.Copying copying = InductionProbe.Measure(new Copier(context, blockSize, back: blockSize / 2), Alphabet);
        Assert.Equal(Math.Log(32), copying.FirstLoss, 1e-6);
        Assert.Equal(-Math.Log(0.9), copying.SecondLoss, 1e-6);
        Assert.Equal(1, copying.Accuracy);
    }

    [Fact]
    public void One_that_copies_from_the_wrong_place_is_not()
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        InductionProbe.Copying copying = InductionProbe.Measure(new Copier(context, 16, back: 7), Alphabet);
        // Right by chance in 1 of 20 places.
        Assert.InRange(copying.Accuracy, 0, 0.12);
        Assert.True(copying.SecondLoss > copying.FirstLoss);
    }

    [Fact]
    public void An_untrained_model_gains_nothing_and_the_keys_are_as_documented()
    {
        Workload workload = ProbeRig.Workload();
        using TrainingSession session = ProbeRig.Session(workload);
        double[] before = ProbeRig.Everything(session);
        Dictionary<string, double> measures = new InductionProbe().Measure(session, workload).ToDictionary(m => m.Key, m => m.Value);
        Assert.Equal(["induction.firstLoss", "induction.secondLoss", "induction.gain", "induction.copyAccuracy"], measures.Keys);
        Assert.Equal(Math.Log(256), measures["induction.secondLoss"], 0.1);
        Assert.Equal(0, measures["induction.gain"], 0.05);
        Assert.Equal(measures["induction.firstLoss"] - measures["induction.secondLoss"], measures["induction.gain"]);
        Assert.InRange(measures["induction.copyAccuracy"], 0, 0.1);
        Assert.Equal(measures.Values, new InductionProbe().Measure(session, workload).Select(m => m.Value));
        Assert.Equal(before, ProbeRig.Everything(session));
    }

    [Fact]
    public void The_alphabet_is_what_is_frequent()
    {
        Assert.Equal([7, 3, 5, 9], InductionProbe.MostFrequent(new TokenStream("t", [5, 3, 7, 9, 7, 3, 7], 100)));
        int[] all = [.. Enumerable.Range(0, 100).SelectMany(t => Enumerable.Repeat(t, 1 + t))];
        Assert.Equal(Enumerable.Range(36, 64).Reverse(), InductionProbe.MostFrequent(new TokenStream("t", all, 256)));
    }

    [Fact]
    public void A_context_that_holds_no_repetition_is_refused()
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        Assert.StartsWith("probe induction: a context of 3 tokens", Assert.Throws<ArgumentException>(() => InductionProbe.Measure(new Copier(context, 3, 1), Alphabet)).Message, StringComparison.Ordinal);
    }

    /// <summary>Knows by construction that everything comes again after some tokens.</summary>
    private sealed class Copier(ComputeContext context, int blockSize, int back) : ILanguageModel
    {
        public ComputeContext Context => context;

        public GptOptions Options { get; } = new() { BlockSize = blockSize, VocabSize = 32 };

        public IReadOnlyList<Parameter> Parameters => [];

        public string InitialSha256 => "";

        public long ParameterCount => 0;

        public KeyValueCache NewCache() => throw new NotSupportedException();

        public Tensor Logits(Indices tokens, KeyValueCache? cache = null)
        {
            int length = tokens.Shape[1];
            int[] ids = new int[length];
            context.Backend.Download(tokens.Data, ids);
            float[] logits = new float[length * 32];
            // softmax of (ln(0.9/0.1·31), 0, …, 0) has 0.9 at the first of 32.
            for (int t = back; t < length; t++) logits[t * 32 + ids[t - back + 1]] = (float)Math.Log(0.9 / 0.1 * 31);
            return context.Tensor([1, length, 32], logits);
        }

        public Tensor Loss(Indices tokens, Indices targets, double? tokenCount = null) => throw new NotSupportedException();
    }
}
