using System.Runtime.CompilerServices;
using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

/// <summary>
/// A broadcast layout with as few dimensions as it needs: sizes of 1 are dropped, and neighbours along which both operands
/// move alike become one. The last dimension is the inner loop; an operand's stride there is 0 or 1.
/// </summary>
internal struct BroadcastPlan
{
    [InlineArray(Shape.MaxRank)]
    private struct Numbers
    {
        private long _first;
    }

    private Numbers _sizes, _a, _b;

    /// <summary>The plan for two operands' strides over a shape.</summary>
    public BroadcastPlan(Shape shape, BroadcastLayout.Strides a, BroadcastLayout.Strides b)
    {
        for (int i = 0; i < shape.Rank; i++)
        {
            long size = shape[i];
            if (size == 1) continue;
            int last = Rank - 1;
            if (Rank > 0 && _a[last] == a[i] * size && _b[last] == b[i] * size)
            {
                _sizes[last] *= size;
                (_a[last], _b[last]) = (a[i], b[i]);
            }
            else
            {
                (_sizes[Rank], _a[Rank], _b[Rank]) = (size, a[i], b[i]);
                Rank++;
            }
        }
        if (Rank == 0) (_sizes[0], Rank) = (1, 1);
    }

    /// <summary>Number of dimensions left, at least 1.</summary>
    public int Rank { get; private set; }

    /// <summary>Elements of the inner loop.</summary>
    public readonly long Inner => _sizes[Rank - 1];

    /// <summary>First operand's stride in the inner loop.</summary>
    public readonly long InnerA => _a[Rank - 1];

    /// <summary>Second operand's stride in the inner loop.</summary>
    public readonly long InnerB => _b[Rank - 1];

    /// <summary>How often the inner loop runs.</summary>
    public readonly long Outer
    {
        get
        {
            long count = 1;
            for (int i = 0; i < Rank - 1; i++) count *= _sizes[i];
            return count;
        }
    }

    /// <summary>A dimension's size and the first operand's stride.</summary>
    public readonly (long Size, long StrideA) this[int dimension] => (_sizes[dimension], _a[dimension]);

    /// <summary>Where the operands' rows start for one run of the inner loop.</summary>
    public readonly (long A, long B) Offsets(long row)
    {
        long a = 0, b = 0;
        for (int i = Rank - 2; i > 0; i--)
        {
            (row, long at) = Math.DivRem(row, _sizes[i]);
            a += at * _a[i];
            b += at * _b[i];
        }
        return Rank > 1 ? (a + row * _a[0], b + row * _b[0]) : (0, 0);
    }
}
