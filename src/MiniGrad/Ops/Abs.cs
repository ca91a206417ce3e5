using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary><c>y = |x| = x ⊙ sign(x)</c>; <c>dX = sign(x) ⊙ dY</c>, 0 at 0.</summary>
public sealed class Abs : Op
{
    private static readonly Abs Instance = new();

    private Abs()
    {
    }

    /// <inheritdoc/>
    public override string Name => "abs";

    /// <summary>The magnitude of every element.</summary>
    /// <param name="x">Operand.</param>
    /// <returns>|x|, of x's shape.</returns>
    public static Tensor Apply(Tensor x)
    {
        ComputeContext context = x.Context;
        context.Tracks(Instance.Name, x);
        BufferView y = context.Allocate(x.Shape.Count);
        context.Backend.Unary(UnaryOperation.Sign, x.Data, y);
        context.Backend.Binary(BinaryOperation.Multiply, Broadcasting.Same(x.Shape), y, x.Data, y, accumulate: false);
        return context.Record(Instance, y, x.Shape, default, x);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        GradientTarget dX = entry.GradientOf(0);
        BufferView sign = entry.Allocate(entry.Shape.Count);
        entry.Backend.Unary(UnaryOperation.Sign, entry.InputData(0), sign);
        entry.Backend.Binary(BinaryOperation.Multiply, Broadcasting.Same(entry.Shape), entry.Gradient, sign, dX.View, dX.Accumulate);
        entry.Release(sign);
    }
}
