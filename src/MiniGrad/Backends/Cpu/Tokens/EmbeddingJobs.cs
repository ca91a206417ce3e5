using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary><c>y[r, :] = table[ids[r], :]</c>.</summary>
internal unsafe struct GatherJob(int rows, int columns, float* table, int* ids, float* y) : IBlockJob
{
    /// <inheritdoc/>
    public readonly void Run(int block, int worker)
    {
        (long row, long end) = Blocks.Range(block, rows, Blocks.Rows(columns));
        for (; row < end; row++) new ReadOnlySpan<float>(table + (long)ids[row] * columns, columns).CopyTo(new Span<float>(y + row * columns, columns));
    }
}

/// <summary><c>dTable[ids[r], :] += dY[r, :]</c> in the order of r: blocks are ranges of columns, so no two meet.</summary>
internal unsafe struct ScatterAddJob(int rows, int columns, int* ids, float* dY, float* dTable) : ISimdJob
{
    /// <summary>Columns of a block.</summary>
    public const int Width = 64;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long start, long end) = Blocks.Range(block, columns, Width);
        for (long row = 0; row < rows; row++)
        {
            float* from = dY + row * columns, to = dTable + (long)ids[row] * columns;
            for (long i = start; i < end; i += TV.Count) (TV.Load(to + i, end - i) + TV.Load(from + i, end - i)).Store(to + i, end - i);
        }
    }
}
