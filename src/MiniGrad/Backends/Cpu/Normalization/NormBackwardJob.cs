using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>
/// With <c>x̂ = (x − mean)·rstd</c> and <c>g = dY ⊙ w</c>: <c>dX = rstd·(g − [mean(g)] − x̂·mean(g ⊙ x̂))</c>; RMSNorm has
/// no mean and no bracket. Each block of rows leaves its share of dW and dB in <c>shares</c>, 2·columns numbers.
/// </summary>
internal unsafe struct NormBackwardJob(int rows, int columns, float* x, float* weight, float* mean, float* rstd, float* dY, float* dX, bool accumulate, float* shares) : ISimdJob
{
    private readonly int _rowsPerBlock = RowsPerBlock(rows, columns);

    /// <summary>Rows of a block: about 64 KiB of them, but no more than 64 blocks, so that the shares stay few.</summary>
    public static int RowsPerBlock(int rows, int columns) => Math.Max(Blocks.Rows(columns), (rows + 63) / 64);

    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long row, long end) = Blocks.Range(block, rows, _rowsPerBlock);
        float* share = shares == null ? null : shares + 2L * columns * block;
        if (share != null) new Span<float>(share, 2 * columns).Clear();
        for (; row < end; row++)
        {
            float* from = x + row * columns, upper = dY + row * columns;
            float centre = mean == null ? 0 : mean[row], scale = rstd[row];
            (float sum, float inner) = Sums<TV>(from, upper, centre, scale, share);
            if (dX != null) Gradient<TV>(from, upper, dX + row * columns, centre, scale, mean == null ? 0 : sum / columns, inner / columns);
        }
    }

    /// <summary>Σ g and Σ g·x̂; on the way dY·x̂ and dY are added to the block's share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly (float Sum, float Inner) Sums<TV>(float* from, float* upper, float centre, float scale, float* share) where TV : unmanaged, ILanes<TV>
    {
        float* w = weight, forWeight = share, forBias = share + columns;
        TV c = TV.All(centre), s = TV.All(scale), sum = TV.All(0), inner = sum;
        for (long i = 0, n = columns; i < n; i += TV.Count)
        {
            TV d = TV.Load(upper + i, n - i), normalized = (TV.Load(from + i, n - i, centre) - c) * s, g = d * TV.Load(w + i, n - i);
            sum += g;
            inner = TV.MultiplyAdd(g, normalized, inner);
            if (share == null) continue;
            TV.MultiplyAdd(d, normalized, TV.Load(forWeight + i, n - i)).Store(forWeight + i, n - i);
            (TV.Load(forBias + i, n - i) + d).Store(forBias + i, n - i);
        }
        return (TV.Sum(sum), TV.Sum(inner));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gradient<TV>(float* from, float* upper, float* to, float centre, float scale, float meanG, float meanGx) where TV : unmanaged, ILanes<TV>
    {
        float* w = weight;
        bool adds = accumulate;
        TV c = TV.All(centre), s = TV.All(scale), shift = TV.All(meanG), factor = TV.All(-meanGx);
        for (long i = 0, n = columns; i < n; i += TV.Count)
        {
            TV g = TV.Load(upper + i, n - i) * TV.Load(w + i, n - i), normalized = (TV.Load(from + i, n - i) - c) * s;
            TV d = s * TV.MultiplyAdd(normalized, factor, g - shift);
            if (adds) d += TV.Load(to + i, n - i);
            d.Store(to + i, n - i);
        }
    }
}
