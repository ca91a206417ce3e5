using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Ops;

public sealed class UnaryTests : IGradientCases
{
    private static readonly Shape[] Sizes = [[], [1], [7], [3, 1], [2, 3, 5], [1, 1, 1]];

    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (UnaryOperation operation in Enum.GetValues<UnaryOperation>())
        {
            bool positive = operation is UnaryOperation.Log or UnaryOperation.Sqrt;
            foreach (Shape shape in Sizes)
            {
                yield return GradientCase.Of($"{operation}", [shape], x => Unary.Apply(operation, x[0])) with
                {
                    Low = positive ? 0.3 : -3,
                    High = 3,
                    IsFlat = operation is UnaryOperation.Sign || (operation is UnaryOperation.Relu && shape.Count < 5),
                };
            }
        }
    }

    [Fact]
    public void Named_methods_compute_what_they_say()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        double[] x = [-2, -0.5, 0, 0.75, 3], positive = [0.25, 1, 2, 4, 9];
        Tensor t = context.Tensor([5], x), p = context.Tensor([5], positive);

        TestData.Close([.. x.Select(Math.Exp)], t.Exp());
        TestData.Close([.. positive.Select(v => Math.Log(v))], p.Log());
        TestData.Close([.. positive.Select(Math.Sqrt)], p.Sqrt());
        TestData.Close([4, 0.25, 0, 0.5625, 9], t.Square());
        TestData.Close([.. x.Select(Math.Tanh)], t.Tanh());
        TestData.Close([.. x.Select(v => 1 / (1 + Math.Exp(-v)))], t.Sigmoid());
        TestData.Close([0, 0, 0, 0.75, 3], t.Relu());
        TestData.Close([.. x.Select(v => v / (1 + Math.Exp(-v)))], t.Silu());
        TestData.Close([.. x.Select(v => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))))], t.Gelu());
        TestData.Close([-1, -1, 0, 1, 1], t.Sign());
    }

    [Fact]
    public void Exact_gelu_is_x_times_the_normal_distribution()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        // x·Φ(x), Φ from tables: Φ(1) = 0.8413447460685429, Φ(2) = 0.9772498680518208.
        TestData.Close([-2 * (1 - 0.9772498680518208), -(1 - 0.8413447460685429), 0, 0.8413447460685429, 2 * 0.9772498680518208], context.Tensor([5], [-2.0, -1, 0, 1, 2]).Gelu(exact: true), 1e-13);
    }

    [Fact]
    public void A_function_is_named_by_its_result()
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        using StepScope step = context.BeginStep();
        Assert.Contains("result of gelutanh", context.Full([2], 1).Gelu().Describe(), StringComparison.Ordinal);
    }
}
