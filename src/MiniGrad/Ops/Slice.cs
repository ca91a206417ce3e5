using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>A run of places along one dimension, copied; dY goes back to the same places, and the others get 0.</summary>
public sealed class Slice : Op
{
    private static readonly Slice Instance = new();

    private readonly record struct Settings(int Axis, int Start);

    private Slice()
    {
    }

    /// <inheritdoc/>
    public override string Name => "slice";

    /// <summary>Takes a run of places along a dimension.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="axis">The dimension; a negative one counts from the last.</param>
    /// <param name="range">The places, such as <c>1..3</c> or <c>^2..</c>.</param>
    /// <returns>The run; the dimension has its length.</returns>
    /// <exception cref="ArgumentException">There is no such dimension, or the range does not lie in it.</exception>
    public static Tensor Apply(Tensor x, int axis, Range range)
    {
        ComputeContext context = x.Context;
        context.Tracks(Instance.Name, x);
        int dimension = Shapes.Axis(Instance.Name, x.Shape, axis), size = x.Shape[dimension];
        int start = range.Start.GetOffset(size), end = range.End.GetOffset(size);
        if (start < 0 || end > size || start > end) throw Errors.Shape(Instance.Name, x.Shape, $"{range} does not lie in the {size} places of dimension {axis}");
        Shape shape = x.Shape.With(dimension, end - start);
        BufferView y = context.Allocate(shape.Count);
        (int rows, int columns, int leading, int offset) = Block(x.Shape, dimension, start, end - start);
        if (shape.Count > 0) context.Backend.CopyRows(rows, columns, x.Data.Slice(offset, x.Data.Length - offset), leading, y, columns, accumulate: false);
        return context.Record(Instance, y, shape, OpState.With(new Settings(dimension, start)), x);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        (int axis, int start) = entry.State.Settings<Settings>();
        GradientTarget dX = entry.GradientOf(0);
        if (!dX.Accumulate) entry.Backend.Fill(dX.View, 0);
        (int rows, int columns, int leading, int offset) = Block(entry.InputShape(0), axis, start, entry.Shape[axis]);
        if (entry.Shape.Count > 0) entry.Backend.CopyRows(rows, columns, entry.Gradient, columns, dX.View.Slice(offset, dX.View.Length - offset), leading, accumulate: true);
    }

    /// <summary>A run of places as a block of a matrix: rows, columns, elements between rows, and where it begins.</summary>
    internal static (int Rows, int Columns, int Leading, int Offset) Block(Shape shape, int axis, int start, int length)
    {
        int rows = Shapes.Leading(shape, shape.Rank - axis), inner = 1;
        for (int i = axis + 1; i < shape.Rank; i++) inner *= shape[i];
        return (rows, length * inner, shape[axis] * inner, start * inner);
    }
}
