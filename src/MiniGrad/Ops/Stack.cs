namespace MiniGrad.Ops;

/// <summary>Tensors of one shape along a new dimension.</summary>
internal static class Stack
{
    /// <summary>Joins tensors along a new dimension, which comes to stand at the given place.</summary>
    public static Tensor Apply(int axis, ReadOnlySpan<Tensor> parts)
    {
        var rows = new Tensor[parts.Length];
        for (int i = 0; i < rows.Length; i++) rows[i] = parts[i].Unsqueeze(axis);
        return Concat.Apply(axis, rows);
    }

    /// <summary>The same elements with a dimension of size 1 more.</summary>
    public static Tensor Unsqueeze(this Tensor x, int axis)
    {
        Shape shape = x.Shape, larger = Shapes.Append(shape, 1);
        int dimension = Shapes.Axis("unsqueeze", larger, axis);
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        for (int i = 0; i <= shape.Rank; i++) sizes[i] = i < dimension ? shape[i] : i == dimension ? 1 : shape[i - 1];
        return x.Reshape(new Shape(sizes[..(shape.Rank + 1)]));
    }
}
