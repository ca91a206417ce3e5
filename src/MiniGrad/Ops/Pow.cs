using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// <c>y = xᵖ</c> with a constant p; <c>dX = p·xᵖ⁻¹ ⊙ dY</c>. A whole p is multiplied out, so that x may be negative; any other
/// is <c>exp(p·ln x)</c>, NaN below 0.
/// </summary>
public sealed class Pow : Op
{
    private const int LargestWhole = 64;
    private static readonly Pow Instance = new();

    private Pow()
    {
    }

    /// <inheritdoc/>
    public override string Name => "pow";

    /// <summary>Raises every element to a power.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="exponent">p; finite.</param>
    /// <returns>xᵖ, of x's shape.</returns>
    /// <exception cref="ArgumentException">The exponent is not finite.</exception>
    public static Tensor Apply(Tensor x, double exponent)
    {
        ComputeContext context = x.Context;
        context.Tracks(Instance.Name, x);
        if (!double.IsFinite(exponent)) throw Errors.Setting(Instance.Name, "exponent", exponent, "it must be finite");
        BufferView y = context.Allocate(x.Shape.Count);
        Raise(context, x.Data, x.Shape, exponent, y);
        return context.Record(Instance, y, x.Shape, OpState.With(exponent), x);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        double exponent = entry.State.Settings<double>();
        GradientTarget dX = entry.GradientOf(0);
        BufferView slope = entry.Allocate(entry.Shape.Count);
        if (exponent == 0) entry.Backend.Fill(slope, 0);
        else Raise(entry.Context, entry.InputData(0), entry.Shape, exponent - 1, slope);
        entry.Backend.Axpby(exponent, default, slope, 0, default, slope, default);
        entry.Backend.Binary(BinaryOperation.Multiply, Broadcasting.Same(entry.Shape), entry.Gradient, slope, dX.View, dX.Accumulate);
        entry.Release(slope);
    }

    private static void Raise(ComputeContext context, BufferView x, Shape shape, double exponent, BufferView y)
    {
        IBackend backend = context.Backend;
        if (exponent != Math.Round(exponent) || Math.Abs(exponent) > LargestWhole)
        {
            backend.Unary(UnaryOperation.Log, x, y);
            backend.Axpby(exponent, default, y, 0, default, y, default);
            backend.Unary(UnaryOperation.Exp, y, y);
            return;
        }
        // Squaring and multiplying, from the highest bit down.
        BroadcastLayout same = Broadcasting.Same(shape);
        int whole = (int)Math.Abs(exponent);
        backend.Fill(y, 1);
        for (int bit = whole == 0 ? 0 : 1 << (int)Math.Log2(whole); bit > 0; bit >>= 1)
        {
            backend.Binary(BinaryOperation.Multiply, same, y, y, y, accumulate: false);
            if ((whole & bit) != 0) backend.Binary(BinaryOperation.Multiply, same, y, x, y, accumulate: false);
        }
        if (exponent >= 0) return;
        BufferView one = context.Allocate(1);
        backend.Fill(one, 1);
        backend.Binary(BinaryOperation.Divide, BroadcastLayout.For([], shape)!.Value, one, y, y, accumulate: false);
        context.Arena.Release(one);
    }
}
