using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>
/// The largest element of everything or along one dimension, of equal ones the first; its gradient goes to that element
/// alone. A mask of x's size is kept.
/// </summary>
public sealed class Max : Op
{
    private static readonly Max Instance = new();

    private Max()
    {
    }

    /// <inheritdoc/>
    public override string Name => "max";

    /// <summary>The largest of all elements.</summary>
    /// <param name="x">Operand.</param>
    /// <returns>A scalar; NaN if there is one.</returns>
    /// <exception cref="ArgumentException">There is no element.</exception>
    public static Tensor Apply(Tensor x) => Apply(x, Reduction.All, keepDims: false, []);

    /// <summary>The largest element along a dimension.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="axis">The dimension; a negative one counts from the last.</param>
    /// <param name="keepDims">Whether the dimension stays, with size 1.</param>
    /// <returns>The largest elements.</returns>
    /// <exception cref="ArgumentException">There is no such dimension, or it is empty.</exception>
    public static Tensor Apply(Tensor x, int axis, bool keepDims = false)
    {
        int dimension = Shapes.Axis(Instance.Name, x.Shape, axis);
        return Apply(x, dimension, keepDims, keepDims ? x.Shape.With(dimension, 1) : Shapes.Without(x.Shape, dimension));
    }

    /// <summary>Where the largest element along a dimension stands; nothing is recorded for a backward pass.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="axis">The dimension; a negative one counts from the last.</param>
    /// <returns>Places from 0, of x's shape without the dimension; they live as long as the step.</returns>
    /// <exception cref="ArgumentException">There is no such dimension, or it is empty.</exception>
    public static Indices Places(Tensor x, int axis = -1)
    {
        x.Context.Tracks("argmax", x);
        int dimension = Shapes.Axis("argmax", x.Shape, axis);
        (long outer, int size, long inner) = Shapes.Around("argmax", x.Shape, dimension);
        Indices places = x.Context.Indices(Shapes.Without(x.Shape, dimension));
        x.Context.Backend.MaxAxis(outer, size, inner, x.Data, default, default, places.Data);
        return places;
    }

    private static Tensor Apply(Tensor x, int axis, bool keepDims, Shape result)
    {
        ComputeContext context = x.Context;
        bool tracked = context.Tracks(Instance.Name, x);
        (long outer, int size, long inner) = Shapes.Around(Instance.Name, x.Shape, axis);
        BufferView y = context.Allocate(result.Count), chosen = tracked ? context.Allocate(x.Shape.Count) : default;
        context.Backend.MaxAxis(outer, size, inner, x.Data, y, chosen, default);
        return context.Record(Instance, y, result, OpState.With(axis) with { Saved0 = chosen }, x);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        int axis = entry.State.Settings<int>();
        Shape x = entry.InputShape(0);
        GradientTarget dX = entry.GradientOf(0);
        BroadcastLayout layout = BroadcastLayout.For(x, axis == Reduction.All ? [] : x.With(axis, 1))!.Value;
        entry.Backend.Binary(BinaryOperation.Multiply, layout, entry.State.Saved0, entry.Gradient, dX.View, dX.Accumulate);
    }
}
