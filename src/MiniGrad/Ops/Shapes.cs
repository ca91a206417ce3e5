using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>Shape arithmetic and checks that several ops share.</summary>
internal static class Shapes
{
    /// <summary>The product of all sizes but the last <paramref name="trailing"/> ones; right for empty tensors, too.</summary>
    public static int Leading(Shape shape, int trailing)
    {
        int rows = 1;
        for (int i = 0; i < shape.Rank - trailing; i++) rows = checked(rows * shape[i]);
        return rows;
    }

    /// <summary>The shape with one more dimension at the end.</summary>
    public static Shape Append(Shape shape, int size)
    {
        Span<int> sizes = stackalloc int[Shape.MaxRank + 1];
        for (int i = 0; i < shape.Rank; i++) sizes[i] = shape[i];
        sizes[shape.Rank] = size;
        return new Shape(sizes[..(shape.Rank + 1)]);
    }

    /// <summary>The shape without one dimension.</summary>
    public static Shape Without(Shape shape, int axis)
    {
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        int rank = 0;
        for (int i = 0; i < shape.Rank; i++)
        {
            if (i != axis) sizes[rank++] = shape[i];
        }
        return new Shape(sizes[..rank]);
    }

    /// <summary>A dimension counted from the first one, where a negative one counts from the last.</summary>
    public static int Axis(string op, Shape shape, int axis)
    {
        int i = axis < 0 ? axis + shape.Rank : axis;
        if ((uint)i >= (uint)shape.Rank) throw Errors.Shape(op, shape, $"it has no dimension {axis}; dimensions go from {-shape.Rank} to {shape.Rank - 1}");
        return i;
    }

    /// <summary>Checks that there is a last dimension with something in it.</summary>
    public static void HasColumns(string op, Shape shape)
    {
        if (shape.Rank == 0 || shape.Columns == 0) throw Errors.Shape(op, shape, "the last dimension must have at least one element");
    }

    /// <summary>Checks a weight or bias over the last dimension.</summary>
    public static void IsVector(string op, string what, Shape vector, Shape x, int size)
    {
        if (vector.Rank != 1 || vector[0] != size) throw Errors.Shapes(op, x, vector, $"the {what} must have shape ({size})");
    }

    /// <summary>Checks that token ids belong to a context.</summary>
    public static void SameContext(string op, ComputeContext context, in Indices ids)
    {
        if (ids.Context is null) throw new ArgumentException($"{op}: the ids are the default value; make them with context.Indices(shape)");
        if (!ReferenceEquals(ids.Context, context)) throw Errors.OtherContext(op, context, ids.Context);
        ids.Require(op);
    }

    /// <summary>A dimension, or everything at −1, and what lies before and after it.</summary>
    public static (long Outer, int Size, long Inner) Around(string op, Shape shape, int axis)
    {
        long outer = 1, inner = 1, size = axis < 0 ? shape.Count : shape[axis];
        for (int i = 0; axis >= 0 && i < shape.Rank; i++)
        {
            if (i < axis) outer *= shape[i];
            if (i > axis) inner *= shape[i];
        }
        if (size == 0) throw Errors.Shape(op, shape, "there are no elements to choose from");
        return (outer, checked((int)size), inner);
    }
}
