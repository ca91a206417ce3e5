namespace MiniGrad.Optim;

/// <summary>A run of a parameter's elements that is treated as a matrix of its own.</summary>
/// <param name="Suffix">What follows the parameter's name in the name of its state: empty for the whole, <c>[q]</c>, <c>[k.1]</c>, <c>[3]</c>.</param>
/// <param name="Offset">First element.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
public readonly record struct MatrixPiece(string Suffix, long Offset, int Rows, int Columns)
{
    /// <summary>Number of elements.</summary>
    public long Count => (long)Rows * Columns;
}

/// <summary>
/// Takes a parameter apart into the matrices that are orthogonalized. Each has its own state and the factors of its own
/// shape, so a step equals that of as many separate parameters.
/// </summary>
public static class MatrixPieces
{
    /// <summary>
    /// The matrices of a parameter: projections or heads of a fused attention projection, experts of a stack, a near-square
    /// matrix for a vector, and else the whole, flattened behind its first dimension as (out, rest).
    /// </summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="group">The group it is in, which says how projections and vectors are treated.</param>
    /// <exception cref="ArgumentException">A vector cannot be orthogonalized as it is.</exception>
    public static IReadOnlyList<MatrixPiece> Of(Parameter parameter, ParameterGroup group)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(group);
        Shape shape = parameter.Shape;
        if (!group.Orthogonalizes) return [Whole(shape)];
        if (shape.Rank < 2)
        {
            if (group.Vectors == VectorRouting.Reshape) return [NearSquare(shape.Count)];
            throw new ArgumentException($"parameter '{parameter.Name}' has shape {shape}; only a matrix can be orthogonalized, so route it to the auxiliary optimizer or set vectors=reshape");
        }
        if (parameter.Role == ParameterRole.ExpertMatrices)
        {
            long size = (long)shape[1] * shape[2];
            return [.. Enumerable.Range(0, shape[0]).Select(e => new MatrixPiece($"[{e}]", e * size, shape[1], shape[2]))];
        }
        return parameter.Heads is { } heads && group.Qkv != QkvRouting.Fused ? Projections(shape, heads, group.Qkv == QkvRouting.Heads) : [Whole(shape)];
    }

    /// <summary>A vector of n elements as a matrix d₁×d₂ with d₁·d₂ = n, d₁ ≥ d₂ and d₂ as large as it can be: n×1 for a prime.</summary>
    /// <param name="count">n.</param>
    public static MatrixPiece NearSquare(long count)
    {
        (int rows, int columns) = FactoredStorage.NearSquare(count);
        return new MatrixPiece("", 0, rows, columns);
    }

    private static MatrixPiece Whole(Shape shape)
    {
        int rows = shape.Rank >= 2 ? shape[0] : 1;
        return new MatrixPiece("", 0, rows, checked((int)(shape.Count / Math.Max(1, rows))));
    }

    private static List<MatrixPiece> Projections(Shape shape, HeadRows heads, bool perHead)
    {
        int columns = (int)(shape.Count / shape[0]), headRows = shape[0] / heads.Count;
        var pieces = new List<MatrixPiece>();
        foreach ((AttentionParts part, string name) in ((AttentionParts, string)[])[(AttentionParts.Query, "q"), (AttentionParts.Key, "k"), (AttentionParts.Value, "v")])
        {
            int count = heads.HeadsOf(part);
            if (count == 0) continue;
            long first = (long)heads.FirstOf(part) * headRows;
            if (!perHead) pieces.Add(new MatrixPiece($"[{name}]", first * columns, count * headRows, columns));
            for (int h = 0; perHead && h < count; h++) pieces.Add(new MatrixPiece($"[{name}.{h}]", (first + ((long)h * headRows)) * columns, headRows, columns));
        }
        // A projection of one part, or of one head, is the whole parameter, and its state is named so.
        return pieces.Count == 1 ? [Whole(shape)] : pieces;
    }
}
