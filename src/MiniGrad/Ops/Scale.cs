using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary><c>y = factor·x</c> with a constant factor; <c>dX = factor·dY</c>.</summary>
public sealed class Scale : Op
{
    private static readonly Scale Instance = new();

    private Scale()
    {
    }

    /// <inheritdoc/>
    public override string Name => "scale";

    /// <summary>Multiplies a tensor by a constant.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="factor">The constant.</param>
    /// <returns>The product, of x's shape.</returns>
    public static Tensor Apply(Tensor x, double factor)
    {
        ComputeContext context = x.Context;
        context.Tracks(Instance.Name, x);
        BufferView y = context.Allocate(x.Shape.Count);
        context.Backend.Axpby(factor, default, x.Data, 0, default, y, default);
        return context.Record(Instance, y, x.Shape, OpState.With(factor), x);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        GradientTarget target = entry.GradientOf(0);
        entry.Backend.Axpby(entry.State.Settings<double>(), default, entry.Gradient, target.Accumulate ? 1 : 0, target.View, target.View, default);
    }
}
