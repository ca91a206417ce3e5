using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Ops;

public sealed class CrossEntropyTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        yield return Case("one class", [1, 1], null, 0) with { IsFlat = true };
        yield return Case("one row", [1, 7], null, 3);
        yield return Case("no batch", [5], null, 4);
        yield return Case("three rows", [3, 4], null, 0, 3, 1);
        yield return Case("a batch", [2, 3, 5], null, 0, 1, 2, 3, 4, 0);
        yield return Case("ignored targets", [2, 2, 3], null, -1, 2, 0, -100);
        yield return Case("a global token count", [4, 3], 10, 0, 1, 2, -1);
        yield return Case("nothing but ignored targets", [2, 3], null, -1, -1) with { IsFlat = true };
    }

    [Fact]
    public void It_equals_the_mean_of_minus_log_probabilities()
    {
        double[] logits = TestData.Uniform(1, 12);
        int[] targets = [2, 0, 3];
        double expected = logits.Chunk(4).Zip(targets, (row, target) => Math.Log(row.Sum(Math.Exp)) - row[target]).Average();
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Indices ids = EmbeddingTests.Ids(context, [3], targets);
        using StepScope step = context.BeginStep();
        Assert.Equal(expected, context.Tensor([3, 4], logits).CrossEntropy(ids).Item(), 1e-12);
        Assert.Equal(Math.Log(4), context.Full([3, 4], 1e4).CrossEntropy(ids).Item(), 1e-9);
    }

    [Fact]
    public void Micro_batches_with_the_global_token_count_add_up_to_the_whole_batch()
    {
        double[] values = TestData.Uniform(1, 24);
        int[] targets = [0, 1, -1, 2, 1, 0, -1, 2];
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Parameter logits = context.Parameter("logits", [8, 3], ParameterRole.HiddenMatrix), half = context.Parameter("half", [4, 3], ParameterRole.HiddenMatrix);
        Indices all = EmbeddingTests.Ids(context, [8], targets), some = context.Indices([4]);
        logits.Tensor.CopyFrom(values);
        double whole, parts = 0;
        using (context.BeginStep())
        {
            Tensor loss = logits.Tensor.CrossEntropy(all, tokens: 6);
            loss.Backward();
            whole = loss.Item();
        }
        double[] expected = context.DownloadDouble(logits.GradientData);
        for (int part = 0; part < 2; part++)
        {
            half.Tensor.CopyFrom(values.AsSpan(12 * part, 12));
            some.CopyFrom(targets.AsSpan(4 * part, 4));
            half.ZeroGradient();
            using StepScope step = context.BeginStep();
            Tensor loss = half.Tensor.CrossEntropy(some, tokens: 6);
            loss.Backward();
            parts += loss.Item();
            TestData.Close(expected.AsSpan(12 * part, 12), context.DownloadDouble(half.GradientData));
        }
        Assert.Equal(whole, parts, 1e-12);
    }

    [Fact]
    public void One_number_a_row_is_kept()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Parameter logits = context.Parameter("logits", [4, 7], ParameterRole.HiddenMatrix);
        Indices ids = EmbeddingTests.Ids(context, [4], 0, 1, 2, 3);
        using StepScope step = context.BeginStep();
        logits.Tensor.CrossEntropy(ids);
        Assert.Equal(1 + 4, context.Arena.LiveElements);
    }

    [Fact]
    public void Bad_operands_are_named()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using var other = new ComputeContext(new ReferenceBackend<double>());
        Indices three = EmbeddingTests.Ids(context, [3], 0, 1, 2), foreign = EmbeddingTests.Ids(other, [3], 0, 1, 2), none = context.Indices([0]);
        using StepScope step = context.BeginStep();
        Tensor logits = context.Full([2, 5], 1), fitting = context.Full([3, 5], 1);
        TestData.Refused(() => logits.CrossEntropy(three), "cross_entropy: shapes (2,5) and (3) do not fit", "the targets must have shape (2)");
        TestData.Refused(() => fitting.CrossEntropy(foreign), "cross_entropy: tensors of two contexts");
        TestData.Refused(() => fitting.CrossEntropy(three, tokens: 0), "cross_entropy: tokens is 0", "above 0");
        TestData.Refused(() => context.Full([0, 5], 1).CrossEntropy(none), "tokens is 0");
        TestData.Refused(() => context.Full([3, 2], 1).CrossEntropy(three), "target 2", "vocabulary of 2");
        TestData.Refused(() => context.Full([3, 0], 1).CrossEntropy(three), "at least one element");
        Assert.Equal(0, context.Full([0, 5], 1).CrossEntropy(none, tokens: 8).Item());
    }

    private static GradientCase Case(string label, Shape logits, double? tokens, params int[] targets) => new($"cross-entropy, {label}", [logits], context =>
    {
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        for (int i = 0; i < logits.Rank - 1; i++) sizes[i] = logits[i];
        Indices ids = EmbeddingTests.Ids(context, new Shape(sizes[..(logits.Rank - 1)]), targets);
        return x => x[0].CrossEntropy(ids, tokens);
    });
}
