using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>LayerNorm, and RMSNorm, which is LayerNorm with a mean of 0 and no bias.</summary>
internal unsafe struct NormJob(int rows, int columns, double epsilon, float* x, float* weight, float* bias, float* y, float* mean, float* rstd) : ISimdJob
{
    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long row, long end) = Blocks.Range(block, rows, Blocks.Rows(columns));
        for (; row < end; row++)
        {
            float* from = x + row * columns;
            float centre = 0;
            if (mean != null) mean[row] = centre = Rows.Sum<TV>(from, columns) / columns;
            float scale = rstd[row] = (float)(1 / Math.Sqrt(Rows.SumSquares<TV>(from, columns, centre, 1) / (double)columns + epsilon));
            Normalize<TV>(from, y + row * columns, centre, scale);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Normalize<TV>(float* from, float* to, float centre, float scale) where TV : unmanaged, ILanes<TV>
    {
        float* w = weight, b = bias;
        TV c = TV.All(centre), s = TV.All(scale), shift = TV.All(0);
        for (long i = 0, n = columns; i < n; i += TV.Count)
        {
            if (b != null) shift = TV.Load(b + i, n - i);
            TV.MultiplyAdd((TV.Load(from + i, n - i) - c) * s, TV.Load(w + i, n - i), shift).Store(to + i, n - i);
        }
    }
}
