using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Ops;

public sealed class LinearCrossEntropyTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        yield return Case("one row", [1, 3], 4, null, null, 2);
        yield return Case("no batch", [5], 3, null, null, 1);
        yield return Case("a batch in one piece", [2, 3, 4], 5, null, null, 0, 1, 2, 3, 4, 0);
        yield return Case("two rows at once", [7, 3], 4, null, 2, 0, 1, 2, 3, 0, 1, 2);
        yield return Case("one row at once", [2, 2, 3], 6, null, 1, 5, 4, 3, 2);
        yield return Case("ignored targets in the second piece", [5, 2], 3, null, 3, 2, 0, 1, -1, -100);
        yield return Case("a global token count", [4, 3], 4, 10, 2, 0, 1, 2, -1);
        yield return Case("one class", [3, 2], 1, null, 2, 0, 0, 0) with { IsFlat = true };
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(null)]
    public void It_equals_the_unfused_ops_on_the_reference_in_value_and_gradients(int? rowsAtOnce) =>
        Equal(() => new ReferenceBackend<double>(), rowsAtOnce, 1e-12);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(null)]
    public void It_equals_the_unfused_ops_on_the_cpu_in_value_and_gradients(int? rowsAtOnce) =>
        Equal(() => new CpuBackend(2), rowsAtOnce, 1e-5);

    [Fact]
    public void One_and_two_threads_give_the_same_bits()
    {
        int[] targets = [.. Enumerable.Range(0, 300).Select(i => i * 7 % 211)];
        double[][] one = Run(new CpuBackend(1), targets, (x, head, ids) => x.LinearCrossEntropy(head, ids, rowsAtOnce: 128), 70, 211);
        double[][] two = Run(new CpuBackend(2), targets, (x, head, ids) => x.LinearCrossEntropy(head, ids, rowsAtOnce: 128), 70, 211);
        Assert.Equal(one, two);
    }

    [Fact]
    public void Rows_of_logits_are_all_that_exists_of_them_and_no_more_than_the_gradients_is_kept()
    {
        const int rows = 4096, columns = 8, classes = 1024;
        using var context = new ComputeContext(new CpuBackend());
        Parameter x = context.Parameter("x", [rows, columns], ParameterRole.HiddenMatrix), head = context.Parameter("head", [classes, columns], ParameterRole.Head);
        Indices targets = EmbeddingTests.Ids(context, [rows], new int[rows]);
        using StepScope step = context.BeginStep();
        x.Tensor.LinearCrossEntropy(head, targets);
        Assert.Equal((rows + classes) * columns + 1, context.Arena.LiveElements);
        Assert.True(context.Arena.PeakElements < 1.2 * 1024 * classes, $"{context.Arena.PeakElements} elements at the peak");
    }

    [Fact]
    public void Bad_operands_are_named()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Indices three = EmbeddingTests.Ids(context, [3], 0, 1, 2), none = context.Indices([0]);
        using StepScope step = context.BeginStep();
        Tensor x = context.Full([3, 5], 1), head = context.Full([4, 5], 1);
        TestData.Refused(() => context.Full([2, 5], 1).LinearCrossEntropy(head, three), "shapes (2,5) and (3) do not fit", "the targets must have shape (2)");
        TestData.Refused(() => x.LinearCrossEntropy(context.Full([5, 4], 1), three), "shapes (3,5) and (5,4) do not fit", "(V,C)");
        TestData.Refused(() => x.LinearCrossEntropy(context.Full([2, 5], 1), three), "target 2", "vocabulary of 2");
        TestData.Refused(() => x.LinearCrossEntropy(context.Full([0, 5], 1), three), "at least one row");
        TestData.Refused(() => x.LinearCrossEntropy(head, three, tokens: 0), "tokens is 0", "above 0");
        TestData.Refused(() => x.LinearCrossEntropy(head, three, rowsAtOnce: 0), "rowsAtOnce is 0", "at least 1");
        Assert.Equal(0, context.Full([0, 5], 1).LinearCrossEntropy(head, none, tokens: 8).Item());
    }

    /// <summary>Value and gradients against Linear and CrossEntropy, with a gradient from above that is not 1 and gradients that are there already.</summary>
    private static void Equal(Func<IBackend> backend, int? rowsAtOnce, double tolerance)
    {
        int[] targets = [4, 0, -1, 2, 1, 3, 0, 9, 9, 5];
        double[][] expected = Run(backend(), targets, (x, head, ids) => x.Linear(head).CrossEntropy(ids, 7));
        double[][] actual = Run(backend(), targets, (x, head, ids) => x.LinearCrossEntropy(head, ids, 7, rowsAtOnce));
        for (int i = 0; i < expected.Length; i++) TestData.Close(expected[i], actual[i], tolerance);
    }

    private static double[][] Run(IBackend backend, int[] targets, Func<Tensor, Tensor, Indices, Tensor> loss, int columns = 6, int classes = 11)
    {
        using var context = new ComputeContext(backend);
        Parameter x = context.Parameter("x", [targets.Length, columns], ParameterRole.HiddenMatrix), head = context.Parameter("head", [classes, columns], ParameterRole.Head);
        x.Tensor.CopyFrom(TestData.Uniform(1, x.Shape.Count));
        head.Tensor.CopyFrom(TestData.Uniform(2, head.Shape.Count));
        Indices ids = EmbeddingTests.Ids(context, [targets.Length], targets);
        double[] value = [];
        for (int pass = 0; pass < 2; pass++)
        {
            using StepScope step = context.BeginStep();
            Tensor total = loss(x, head, ids) * -2.5;
            total.Backward();
            value = total.ToDoubleArray();
        }
        return [value, context.DownloadDouble(x.GradientData), context.DownloadDouble(head.GradientData)];
    }

    private static GradientCase Case(string label, Shape x, int classes, double? tokens, int? rowsAtOnce, params int[] targets) => new($"linear cross-entropy, {label}", [x, [classes, x[-1]]], context =>
    {
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        for (int i = 0; i < x.Rank - 1; i++) sizes[i] = x[i];
        Indices ids = EmbeddingTests.Ids(context, new Shape(sizes[..(x.Rank - 1)]), targets);
        return inputs => inputs[0].LinearCrossEntropy(inputs[1], ids, tokens, rowsAtOnce);
    });
}
