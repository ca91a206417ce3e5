using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary><c>y (+)= f(a, b)</c> with broadcasting: blocks of rows, and of parts of a row where rows are long.</summary>
internal unsafe struct BinaryJob<TFunction>(TFunction function, BroadcastPlan plan, float* a, float* b, float* y, bool accumulate) : ISimdJob
    where TFunction : unmanaged, IBinaryFunction
{
    private readonly long _outer = plan.Outer;
    private readonly int _rows = Blocks.Rows(plan.Inner), _parts = Blocks.Count(plan.Inner);

    /// <summary>Number of blocks.</summary>
    public readonly int BlockCount => Blocks.Count(_outer, _rows) * _parts;

    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long row, long lastRow) = Blocks.Range(block / _parts, _outer, _rows);
        (long start, long end) = Blocks.Range(block % _parts, plan.Inner);
        for (; row < lastRow; row++)
        {
            (long offsetA, long offsetB) = plan.Offsets(row);
            Row<TV>(a + offsetA + start * plan.InnerA, b + offsetB + start * plan.InnerB, y + row * plan.Inner + start, end - start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Row<TV>(float* left, float* right, float* to, long n) where TV : unmanaged, ILanes<TV>
    {
        TFunction f = function;
        bool leftMoves = plan.InnerA != 0, rightMoves = plan.InnerB != 0, adds = accumulate;
        TV u = TV.All(*left), v = TV.All(*right);
        for (long i = 0; i < n; i += TV.Count)
        {
            if (leftMoves) u = TV.Load(left + i, n - i);
            if (rightMoves) v = TV.Load(right + i, n - i);
            TV value = f.Value(u, v);
            if (adds) value += TV.Load(to + i, n - i);
            value.Store(to + i, n - i);
        }
    }
}
