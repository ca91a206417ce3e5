using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>The same elements in the same order under other sizes; the data is shared, and the gradient is handed on.</summary>
public sealed class Reshape : Op
{
    private static readonly Reshape Instance = new();

    private Reshape()
    {
    }

    /// <inheritdoc/>
    public override string Name => "reshape";

    /// <summary>Reads a tensor under other sizes.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="shape">The new sizes, for as many elements.</param>
    /// <returns>A tensor that shares x's data.</returns>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public static Tensor Apply(Tensor x, Shape shape)
    {
        x.Context.Tracks(Instance.Name, x);
        if (shape.Count != x.Shape.Count) throw Errors.Shapes(Instance.Name, x.Shape, shape, $"{x.Shape.Count} elements cannot fill {shape.Count}");
        return x.Context.Record(Instance, x.Data, shape, default, x);
    }

    /// <summary>Reads a tensor under other sizes, one of which may be −1: whatever is left over.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="sizes">The new sizes.</param>
    /// <returns>A tensor that shares x's data.</returns>
    /// <exception cref="ArgumentException">The number of elements differs, or two sizes are −1.</exception>
    public static Tensor Apply(Tensor x, params ReadOnlySpan<int> sizes)
    {
        int open = sizes.IndexOf(-1);
        if (open < 0) return Apply(x, new Shape(sizes));
        Span<int> filled = stackalloc int[Shape.MaxRank];
        if (!sizes.TryCopyTo(filled)) return Apply(x, new Shape(sizes));
        filled[open] = 1;
        long others = new Shape(filled[..sizes.Length]).Count;
        if (others == 0 || x.Shape.Count % others != 0) throw Errors.Shape(Instance.Name, x.Shape, $"{x.Shape.Count} elements cannot be split into runs of {others} to fill in the size −1");
        filled[open] = checked((int)(x.Shape.Count / others));
        return Apply(x, new Shape(filled[..sizes.Length]));
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry) => entry.PassGradient(0);
}
