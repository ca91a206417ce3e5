using MiniGrad.Backends.Reference;
using MiniGrad.Tests.Backends;

namespace MiniGrad.Tests.Ops;

/// <summary>Ops that compare, choose and place elements, and powers and magnitudes.</summary>
public sealed class SelectionTests : IGradientCases
{
    private static readonly Shape[] Sizes = [[1], [7], [3, 1], [2, 3, 5], [1, 4, 2], [2, 2, 2, 2]];

    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (Shape shape in Sizes)
        {
            yield return GradientCase.Of("abs", [shape], x => x[0].Abs());
            foreach (double exponent in (double[])[0, 1, 2, 3, -1, -2, 0.5, 2.5])
            {
                yield return GradientCase.Of($"pow {exponent}", [shape], x => x[0].Pow(exponent)) with { Low = 0.4, IsFlat = exponent == 0 };
            }
            yield return GradientCase.Of("cube of both signs", [shape], x => x[0].Pow(3));
            yield return GradientCase.Of("max", [shape], x => x[0].Max());
            yield return GradientCase.Of("min along the last", [shape], x => x[0].Min(-1));
            yield return GradientCase.Of("max along the first", [shape], x => x[0].Max(0, keepDims: true));
            yield return GradientCase.Of("where", [shape, shape], x => (x[0] > x[1]).Where(x[0], 3 * x[1]));
            yield return GradientCase.Of("slice of the last", [shape], x => x[0].Slice(-1, ^1..));
            yield return GradientCase.Of("slice of the first", [shape], x => x[0][..1]);
            yield return GradientCase.Of("place", [shape], x => x[0][^1]);
            yield return GradientCase.Of("concat of the last", [shape, shape], x => Tensor.Concat(-1, x[0], x[1], x[0]));
            yield return GradientCase.Of("concat of seven", [shape, shape], x => Tensor.Concat(0, x[0], x[1], x[0], x[1], x[1], x[0], x[1]));
            if (shape.Rank < Shape.MaxRank) yield return GradientCase.Of("stack", [shape, shape], x => Tensor.Stack(1, x[0], x[1]));
            yield return GradientCase.Of($"std of {shape}", [shape.With(-1, 3)], x => x[0].Std() * x[0].Std(-1).Sum());
        }
        yield return GradientCase.Of("where, broadcast", [[3, 1], [4]], x => (x[0] >= x[1]).Where(x[0], x[1]));
        yield return GradientCase.Of("where, of a row's condition", [[2, 3], [3]], x => (x[1] > 0).Where(x[0], x[1]));
    }

    [Fact]
    public void Results_are_those_written_out_by_hand()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor x = context.FromArray(new double[,] { { 1, -4, 2 }, { 2, 2, -1 } });
        TestData.Close([1, 4, 2, 2, 2, 1], x.Abs());
        TestData.Close([1, -64, 8, 8, 8, -1], x.Pow(3));
        TestData.Close([1, 0.0625, 0.25, 0.25, 0.25, 1], x.Pow(-2));
        TestData.Close([1, 1, 1, 1, 1, 1], x.Pow(0));
        TestData.Close([2, 2], x.Max(1));
        TestData.Close([2], x.Max());
        TestData.Close([-4], x.Min());
        Assert.Equal([2, 0], x.ArgMax().ToArray()); // of equals the first
        Assert.Equal([1, 1, 0], x.ArgMax(0).ToArray());
        TestData.Close([-4, 2], x[0][1..]);
        TestData.Close([2, -1], x.Slice(-1, ^1..).Reshape(2));
        TestData.Close([2, 2, -1], x[^1]);
        TestData.Close([1, -4, 2, 1, 2, 2, -1, 2], Tensor.Concat(1, x, x.Slice(1, ..1).Abs()));
        Assert.Equal(new Shape(2, 2, 3), Tensor.Stack(0, x, x).Shape);
        TestData.Close([1, 1, -4, -4, 2, 2], Tensor.Stack(-1, x[0], x[0]));
        TestData.Close([1, 0, 1, 1, 1, 0], x >= 1);
        TestData.Close([0, 1, 0, 0, 0, 1], x < 0);
        TestData.Close([0, 0, 1, 1, 1, 0], x.EqualTo(context.Full([], 2)));
        TestData.Close([Math.Sqrt(93.0 / 9), Math.Sqrt(3)], x.Std(1)); // by hand: means −1/3 and 1
        TestData.Close([2.0], x.Std(1, correction: 0)[1] * Math.Sqrt(2));
    }

    [Fact]
    public void What_is_not_taken_does_no_harm()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Parameter p = context.Parameter("p", [2], ParameterRole.Vector);
        p.Tensor.CopyFrom([0.0, 4]);
        using StepScope step = context.BeginStep();
        Tensor x = p;
        Tensor root = (x > 0).Where(x.Sqrt(), 0 * x);
        root.Sum().Backward();
        TestData.Close([0, 2], root);
        Assert.Equal(0.25, p.Gradient.ToDoubleArray()[1], 1e-12);
        Assert.True(double.IsNaN(Tensor.Concat(0, x, context.Full([1], double.NaN)).Max().Item()));
        TestData.Close([1, 0], context.Tensor([2], [double.PositiveInfinity, double.NaN]) > context.Tensor([2], [double.NegativeInfinity, 0]));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("float64")]
    public void Back_ends_agree_on_what_needs_no_arithmetic(string name)
    {
        using ComputeContext context = name == "cpu" ? ComputeContext.Cpu(2) : ComputeContext.Float64();
        using StepScope step = context.BeginStep();
        Tensor x = context.Arange(60).Reshape(3, 4, 5);
        Assert.Equal([5f, 6, 7, 8, 9, 10, 11, 12, 13, 14], x.Slice(1, 1..3)[0].Reshape(10).ToArray());
        Assert.Equal([3, 3, 3, 3, 3], x[0].ArgMax(0).ToArray());
        Assert.Equal(x.ToArray(), Tensor.Concat(2, x.Slice(2, ..2), x.Slice(2, 2..)).ToArray());
    }

    [Fact]
    public void Nothing_is_fetched_from_a_device_to_choose()
    {
        using var context = new ComputeContext(new FarMemoryBackend());
        Parameter p = context.Parameter("p", [3, 4], ParameterRole.HiddenMatrix);
        p.Tensor.CopyFrom([.. Enumerable.Range(0, 12).Select(i => MathF.Sin(i))]);
        using StepScope step = context.BeginStep();
        long before = context.Backend.Transfers.Downloads;
        Tensor x = p;
        Indices places = x.ArgMax();
        ((x > 0).Where(x, 2 * x).Max(1).Sum() + x.Slice(1, 1..3).Std() + x.Abs().Min() + Tensor.Concat(0, x, x).Pow(2).Sum()).Backward();
        Assert.Equal(before, context.Backend.Transfers.Downloads);
        Assert.Equal([2, 3, 0], places.ToArray());
    }

    [Fact]
    public void Errors_say_what_was_found_and_expected()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor x = context.Zeros([2, 3]);
        TestData.Refused(() => x.Slice(1, 2..5), "slice: shape (2,3) does not fit", "2..5 does not lie in the 3 places of dimension 1");
        TestData.Refused(() => Tensor.Concat(0, x, context.Zeros([2, 2])), "concat: shapes (2,3) and (2,2)", "all sizes but that of dimension 0");
        TestData.Refused(() => Tensor.Concat(0), "concat: there are no tensors");
        TestData.Refused(() => context.Zeros([0]).Max(), "max: shape (0)", "no elements");
        TestData.Refused(() => x.Pow(double.NaN), "pow: exponent is NaN");
        TestData.Refused(() => (x > 0).Where(x, context.Zeros([4])), "where: shapes (2,3) and (4)");
        TestData.Refused(() => context.Zeros([1]).Std(), "var: shape (1)", "correction: 0");
        TestData.Refused(() => _ = x.Sum()[0], "index: shape () does not fit", "Item()");
    }
}
