using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>Tensors one behind the other along a dimension; each gets its own part of dY.</summary>
public sealed class Concat : Op
{
    private static readonly Concat Instance = new();

    private Concat()
    {
    }

    /// <inheritdoc/>
    public override string Name => "concat";

    /// <summary>Joins tensors along a dimension in which alone they may differ.</summary>
    /// <param name="axis">The dimension; a negative one counts from the last.</param>
    /// <param name="parts">At least one tensor.</param>
    /// <returns>The whole.</returns>
    /// <exception cref="ArgumentException">There is no tensor, no such dimension, or the other sizes differ.</exception>
    public static Tensor Apply(int axis, params ReadOnlySpan<Tensor> parts)
    {
        if (parts.IsEmpty) throw new ArgumentException("concat: there are no tensors; give at least one");
        if (parts.Length == 1) return parts[0];
        if (parts.Length <= Node.MaxInputs) return Join(axis, parts);
        // The tape holds four inputs an entry: what is joined already, and three more at a time.
        Tensor whole = Join(axis, parts[..Node.MaxInputs]);
        for (ReadOnlySpan<Tensor> rest = parts[Node.MaxInputs..]; !rest.IsEmpty; rest = rest[Math.Min(3, rest.Length)..])
        {
            whole = rest.Length switch
            {
                1 => Join(axis, [whole, rest[0]]),
                2 => Join(axis, [whole, rest[0], rest[1]]),
                _ => Join(axis, [whole, rest[0], rest[1], rest[2]]),
            };
        }
        return whole;
    }

    private static Tensor Join(int axis, ReadOnlySpan<Tensor> parts)
    {
        ComputeContext context = parts[0].Context;
        context.Tracks(Instance.Name, parts);
        Shape first = parts[0].Shape;
        int dimension = Shapes.Axis(Instance.Name, first, axis), size = 0;
        foreach (Tensor part in parts)
        {
            if (part.Shape.Rank != first.Rank || part.Shape.With(dimension, 1) != first.With(dimension, 1)) throw Errors.Shapes(Instance.Name, first, part.Shape, $"all sizes but that of dimension {axis} must be equal");
            size = checked(size + part.Shape[dimension]);
        }
        Shape shape = first.With(dimension, size);
        BufferView y = context.Allocate(shape.Count);
        int start = 0;
        foreach (Tensor part in parts)
        {
            (int rows, int columns, int leading, int offset) = Slice.Block(shape, dimension, start, part.Shape[dimension]);
            if (part.Shape.Count > 0) context.Backend.CopyRows(rows, columns, part.Data, columns, y.Slice(offset, y.Length - offset), leading, accumulate: false);
            start += part.Shape[dimension];
        }
        return context.Record(Instance, y, shape, OpState.With(dimension), parts);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        int axis = entry.State.Settings<int>(), start = 0;
        for (int input = 0; start < entry.Shape[axis]; input++)
        {
            Shape part = entry.InputShape(input);
            (int rows, int columns, int leading, int offset) = Slice.Block(entry.Shape, axis, start, part[axis]);
            start += part[axis];
            if (!entry.Wants(input)) continue;
            GradientTarget target = entry.GradientOf(input);
            if (part.Count > 0) entry.Backend.CopyRows(rows, columns, entry.Gradient.Slice(offset, entry.Gradient.Length - offset), leading, target.View, columns, target.Accumulate);
        }
    }
}
