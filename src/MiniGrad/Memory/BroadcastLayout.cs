using System.Runtime.CompilerServices;

namespace MiniGrad.Memory;

/// <summary>
/// How two operands are read to fill a common shape by NumPy's broadcasting rule: dimensions are aligned at the last one,
/// and a size of 1 (or a missing dimension) repeats, with stride 0.
/// </summary>
public readonly struct BroadcastLayout
{
    /// <summary>Element strides, one a dimension of <see cref="BroadcastLayout.Shape"/>.</summary>
    [InlineArray(Shape.MaxRank)]
    public struct Strides
    {
        private long _first;
    }

    private BroadcastLayout(Shape shape, Strides a, Strides b, bool aIsWhole, bool bIsWhole) =>
        (Shape, A, B, AIsWhole, BIsWhole) = (shape, a, b, aIsWhole, bIsWhole);

    /// <summary>The common shape.</summary>
    public Shape Shape { get; }

    /// <summary>Strides of the first operand.</summary>
    public Strides A { get; }

    /// <summary>Strides of the second operand.</summary>
    public Strides B { get; }

    /// <summary>Whether the first operand has the common shape's elements in their order.</summary>
    public bool AIsWhole { get; }

    /// <summary>Whether the second operand has the common shape's elements in their order.</summary>
    public bool BIsWhole { get; }

    /// <summary>The layout for two shapes, or null when they do not broadcast.</summary>
    /// <param name="a">First operand's shape.</param>
    /// <param name="b">Second operand's shape.</param>
    public static BroadcastLayout? For(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        for (int i = 1; i <= rank; i++)
        {
            int left = i <= a.Rank ? a[-i] : 1, right = i <= b.Rank ? b[-i] : 1;
            if (left != right && left != 1 && right != 1) return null;
            sizes[rank - i] = left == 1 ? right : left;
        }
        var shape = new Shape(sizes[..rank]);
        return new BroadcastLayout(shape, StridesOf(a, shape), StridesOf(b, shape), a.Count == shape.Count, b.Count == shape.Count);
    }

    private static Strides StridesOf(Shape operand, Shape shape)
    {
        var strides = new Strides();
        long stride = 1;
        for (int i = 1; i <= operand.Rank; i++)
        {
            strides[shape.Rank - i] = operand[-i] == 1 ? 0 : stride;
            stride *= operand[-i];
        }
        return strides;
    }
}
