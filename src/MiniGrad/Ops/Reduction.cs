using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>What <see cref="Sum"/> and <see cref="Mean"/> share: <c>y = alpha·Σ x</c> over everything or one dimension.</summary>
internal static class Reduction
{
    /// <summary>All dimensions.</summary>
    public const int All = -1;

    private readonly record struct Settings(double Alpha, int Axis);

    /// <summary>Computes and records the reduction over a dimension, counted from the first, or <see cref="All"/>.</summary>
    public static Tensor Apply(Op op, Tensor x, int axis, bool keepDims, double alpha)
    {
        ComputeContext context = x.Context;
        context.Tracks(op.Name, x);
        Shape shape = x.Shape;
        long outer = 1, inner = 1, size = shape.Count;
        for (int i = 0; axis != All && i < shape.Rank; i++)
        {
            if (i < axis) outer *= shape[i];
            else if (i == axis) size = shape[i];
            else inner *= shape[i];
        }
        Shape result = axis == All ? [] : keepDims ? shape.With(axis, 1) : Shapes.Without(shape, axis);
        BufferView y = context.Allocate(result.Count);
        context.Backend.SumAxis(outer, checked((int)size), inner, alpha, x.Data, y, accumulate: false);
        return context.Record(op, y, result, OpState.With(new Settings(alpha, axis)), x);
    }

    /// <summary>Spreads <c>alpha·dY</c> over what was summed.</summary>
    public static void Backward(in TapeEntry entry)
    {
        (double alpha, int axis) = entry.State.Settings<Settings>();
        Shape x = entry.InputShape(0);
        BroadcastLayout layout = BroadcastLayout.For(axis == All ? [] : x.With(axis, 1), x)!.Value;
        GradientTarget dX = entry.GradientOf(0);
        entry.Backend.ExpandA(layout, alpha, entry.Gradient, dX.View, dX.Accumulate);
    }
}
