using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Ops;

public sealed class SwiGluTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (Shape shape in (Shape[])[[1], [5], [3, 1], [2, 3, 4], [1, 7]])
        {
            yield return GradientCase.Of("swiglu", [shape, shape], x => x[0].SwiGlu(x[1]));
            yield return GradientCase.Of("swiglu of one twice", [shape], x => x[0].SwiGlu(x[0]));
            yield return GradientCase.Of("swiglu fused", [shape.With(-1, 2 * shape[-1])], x => x[0].SwiGlu());
        }
    }

    [Fact]
    public void Both_forms_equal_the_formula()
    {
        double[] gate = TestData.Uniform(1, 6), up = TestData.Uniform(2, 6), fused = [.. gate[..3], .. up[..3], .. gate[3..], .. up[3..]];
        double[] expected = [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)];
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        TestData.Close(expected, context.Tensor([2, 3], gate).SwiGlu(context.Tensor([2, 3], up)));
        TestData.Close(expected, context.Tensor([2, 6], fused).SwiGlu());
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor x = context.Full([2, 3], 1);
        TestData.Refused(() => x.SwiGlu(context.Full([3], 1)), "swiglu: shapes (2,3) and (3) do not fit", "one shape");
        TestData.Refused(() => x.SwiGlu(), "swiglu: shape (2,3) does not fit", "must be even");
        TestData.Refused(() => context.Full([], 1).SwiGlu(), "last dimension");
    }
}
