using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>Softmax of each row.</summary>
internal unsafe struct SoftmaxJob(int rows, int columns, float* x, float* y) : ISimdJob
{
    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long row, long end) = Blocks.Range(block, rows, Blocks.Rows(columns));
        for (; row < end; row++)
        {
            float* from = x + row * columns, to = y + row * columns;
            float sum = Rows.Exp<TV>(from, to, columns, Rows.Largest<TV>(from, columns));
            Rows.Scale<TV>(to, columns, 1 / sum);
        }
    }
}

/// <summary><c>dX (+)= y ⊙ (dY − ⟨dY, y⟩)</c>, row by row.</summary>
internal unsafe struct SoftmaxBackwardJob(int rows, int columns, float* y, float* dY, float* dX, bool accumulate) : ISimdJob
{
    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long row, long end) = Blocks.Range(block, rows, Blocks.Rows(columns));
        for (; row < end; row++) Gradient<TV>(y + row * columns, dY + row * columns, dX + row * columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gradient<TV>(float* result, float* upper, float* to) where TV : unmanaged, ILanes<TV>
    {
        bool adds = accumulate;
        TV inner = TV.All(Rows.Dot<TV>(result, upper, columns));
        for (long i = 0, n = columns; i < n; i += TV.Count)
        {
            TV d = TV.Load(result + i, n - i) * (TV.Load(upper + i, n - i) - inner);
            if (adds) d += TV.Load(to + i, n - i);
            d.Store(to + i, n - i);
        }
    }
}
