namespace MiniGrad.Backends.Cpu;

/// <summary><c>y[o] (+)= alpha·Σ_a x[o,a]</c> for rows of at most one block.</summary>
internal unsafe struct RowSumJob(long outer, long axis, float alpha, float* x, float* y, bool accumulate) : ISimdJob
{
    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long row, long end) = Blocks.Range(block, outer, Blocks.Rows(axis));
        for (; row < end; row++)
        {
            float sum = alpha * Rows.Sum<TV>(x + row * axis, axis);
            y[row] = accumulate ? y[row] + sum : sum;
        }
    }
}
