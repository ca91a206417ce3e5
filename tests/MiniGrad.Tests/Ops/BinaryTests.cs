using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Ops;

/// <summary>Add, Subtract, Multiply, Divide, Scale and the operators.</summary>
public sealed class BinaryTests : IGradientCases
{
    private static readonly Shape[][] Pairs =
    [
        [[3, 4], [3, 4]], [[3, 4], [4]], [[4], [3, 4]], [[3, 1], [1, 4]], [[2, 3, 5], [3, 1]], [[], [2, 3]], [[1], [1, 1]], [[], []],
        [[5], [2, 1, 5]], [[2, 1, 3, 1, 2], [1, 4, 1, 2, 1]],
    ];

    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (Shape[] pair in Pairs)
        {
            yield return GradientCase.Of("a + b", pair, x => x[0] + x[1]);
            yield return GradientCase.Of("a - b", pair, x => x[0] - x[1]);
            yield return GradientCase.Of("a * b", pair, x => x[0] * x[1]);
            yield return GradientCase.Of("a / b", pair, x => x[0] / x[1]) with { Low = 0.5 };
        }
        yield return GradientCase.Of("x + x", [[2, 3]], x => x[0] + x[0]);
        yield return GradientCase.Of("x - x", [[2, 3]], x => x[0] - x[0]) with { IsFlat = true };
        yield return GradientCase.Of("x * x", [[2, 3]], x => x[0] * x[0]);
        yield return GradientCase.Of("x / x", [[2, 3]], x => x[0] / x[0]) with { Low = 0.5, IsFlat = true };
        foreach (Shape shape in (Shape[])[[], [1], [7], [3, 1], [2, 3, 5]])
        {
            yield return GradientCase.Of("-x * 3 / 2", [shape], x => -x[0] * 3 / 2);
            yield return GradientCase.Of("1 - (2 + x + 1) - 3", [shape], x => 1 - (2 + x[0] + 1) - 3);
            yield return GradientCase.Of("2 / x", [shape], x => 2 / x[0]) with { Low = 0.5 };
        }
    }

    [Fact]
    public void Operators_broadcast_a_row_and_a_column()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor row = context.Tensor([3], [1.0, 2, 4]), column = context.Tensor([2, 1], [10.0, 20]);

        Assert.Equal(new Shape(2, 3), (row + column).Shape);
        TestData.Close([11, 12, 14, 21, 22, 24], row + column);
        TestData.Close([-9, -8, -6, -19, -18, -16], row - column);
        TestData.Close([10, 20, 40, 20, 40, 80], row * column);
        TestData.Close([10, 5, 2.5, 20, 10, 5], column / row);
        TestData.Close([-2, -3, -5], -1 - row);
        TestData.Close([0.5, 1, 2], row / 2);
        TestData.Close([8, 4, 2], 8 / row);
        TestData.Close([-3, -6, -12], -(3 * row));
        TestData.Close([-1, 0, 2], row - 2);
    }

    [Fact]
    public void An_empty_operand_gives_an_empty_result()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Parameter empty = context.Parameter("empty", [0, 3], ParameterRole.HiddenMatrix), row = context.Parameter("row", [3], ParameterRole.Vector);
        using StepScope step = context.BeginStep();
        Tensor product = empty.Tensor * row;
        Assert.Equal(new Shape(0, 3), product.Shape);
        BackwardExtensions.Backward(MiniGrad.Ops.Sum.Apply(product));
        Assert.Equal([0, 0, 0], context.DownloadDouble(row.GradientData));
    }

    [Fact]
    public void Shapes_that_do_not_broadcast_are_named()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor a = context.Full([3, 4], 1), b = context.Full([3, 5], 1);
        TestData.Refused(() => _ = a + b, "add: shapes (3,4) and (3,5) do not fit", "equal or 1");
        TestData.Refused(() => _ = a - b, "subtract: shapes (3,4) and (3,5)");
        TestData.Refused(() => _ = a * b, "multiply: shapes (3,4) and (3,5)");
        TestData.Refused(() => _ = a / b, "divide: shapes (3,4) and (3,5)");
    }

    [Fact]
    public void Operands_of_two_contexts_are_refused()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using var other = new ComputeContext(new ReferenceBackend<float>());
        Tensor foreign = other.Full([3], 1);
        using StepScope step = context.BeginStep();
        Tensor own = context.Full([3], 1);
        TestData.Refused(() => _ = own + foreign, "add: tensors of two contexts");
    }

    [Fact]
    public void Without_a_step_a_constant_operand_is_refused_before_anything_is_allocated()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Tensor x = context.Full([3], 1);
        int tensors = context.LiveTensors;
        Assert.Contains("no step is open", Assert.Throws<InvalidOperationException>(() => x + 1).Message, StringComparison.Ordinal);
        Assert.Equal(tensors, context.LiveTensors);
    }
}
