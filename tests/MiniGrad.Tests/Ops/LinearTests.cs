using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Ops;

public sealed class LinearTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            yield return GradientCase.Of($"linear {activation}", [[3, 4], [5, 4]], x => x[0].Linear(x[1], activation: activation));
            yield return GradientCase.Of($"linear {activation} bias", [[2, 3, 4], [5, 4], [5]], x => x[0].Linear(x[1], x[2], activation));
            yield return GradientCase.Of($"linear {activation} bias of a vector", [[4], [3, 4], [3]], x => x[0].Linear(x[1], x[2], activation));
            yield return GradientCase.Of($"linear {activation} size 1", [[1, 1], [1, 1], [1]], x => x[0].Linear(x[1], x[2], activation));
            yield return GradientCase.Of($"linear {activation} residual", [[3, 7], [2, 7], [3, 2]], x => x[0].Linear(x[1], activation: activation, residual: x[2]));
            yield return GradientCase.Of($"linear {activation} bias residual", [[2, 1, 3], [5, 3], [5], [2, 1, 5]], x => x[0].Linear(x[1], x[2], activation, x[3]));
            yield return GradientCase.Of($"linear {activation} of its residual", [[3, 4], [4, 4]], x => x[0].Linear(x[1], activation: activation, residual: x[0]));
        }
        yield return GradientCase.Of("linear of its weight", [[3, 3]], x => x[0].Linear(x[0]));
    }

    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.GeluErf)]
    [InlineData(Activation.Silu)]
    public void The_fused_layer_equals_its_parts(Activation activation)
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Tensor x = context.Tensor([2, 3, 4], TestData.Uniform(1, 24)), weight = context.Tensor([5, 4], TestData.Uniform(2, 20));
        Tensor bias = context.Tensor([5], TestData.Uniform(3, 5)), residual = context.Tensor([2, 3, 5], TestData.Uniform(4, 30));
        using StepScope step = context.BeginStep();

        Tensor z = x.MatMul(weight, transposeB: true) + bias;
        Tensor parts = residual + activation switch
        {
            Activation.GeluTanh => z.Gelu(),
            Activation.GeluErf => z.Gelu(exact: true),
            Activation.Silu => z.Silu(),
            _ => z,
        };
        TestData.Close(parts.ToDoubleArray(), x.Linear(weight, bias, activation, residual));
    }

    [Fact]
    public void Weights_are_out_by_in()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor y = context.Tensor([2], [1.0, 10]).Linear(context.Tensor([3, 2], [1.0, 2, 3, 4, 5, 6]), context.Tensor([3], [100.0, 200, 300]));
        TestData.Close([121, 243, 365], y);
    }

    [Fact]
    public void The_pre_activation_is_kept_only_where_it_is_needed()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Parameter weight = context.Parameter("weight", [5, 4], ParameterRole.HiddenMatrix);
        Tensor x = context.Full([3, 4], 1), constant = context.Full([5, 4], 1);
        long Live(Func<Tensor> layer)
        {
            using StepScope step = context.BeginStep();
            layer();
            return context.Arena.LiveElements;
        }

        Assert.Equal(15, Live(() => x.Linear(weight)));
        Assert.Equal(30, Live(() => x.Linear(weight, activation: Activation.Silu)));
        Assert.Equal(15, Live(() => x.Linear(constant, activation: Activation.Silu)));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named_with_the_fix()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor x = context.Full([2, 4], 1), weight = context.Full([5, 4], 1);
        TestData.Refused(() => x.Linear(context.Full([5, 3], 1)), "linear: shapes (2,4) and (5,3) do not fit", "4 is not 3");
        TestData.Refused(() => x.Linear(context.Full([4, 5], 1)), "looks like (in,out), so transpose it");
        TestData.Refused(() => x.Linear(context.Full([4], 1)), "the weight (out,in)");
        TestData.Refused(() => x.Linear(weight, context.Full([4], 1)), "the bias must have shape (5)");
        TestData.Refused(() => x.Linear(weight, residual: x), "the residual must have the result's shape (2,5)");
    }
}
