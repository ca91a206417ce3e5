namespace MiniGrad.Backends.Cpu;

/// <summary>
/// A permutation that moves the last dimension: some dimension of the result, <c>contiguous</c>, has stride 1 in the operand,
/// so that for fixed other indices it is the transpose of a matrix.
/// </summary>
internal unsafe struct TransposeJob(BroadcastPlan plan, int contiguous, float* x, float* y, bool accumulate) : IBlockJob
{
    private const long Band = 64;

    private readonly long _bands = (plan[contiguous].Size + Band - 1) / Band;

    /// <summary>Number of blocks: bands of the contiguous dimension for each matrix.</summary>
    public readonly int BlockCount => checked((int)(plan.Outer / plan[contiguous].Size * _bands));

    /// <inheritdoc/>
    public readonly void Run(int block, int worker)
    {
        (long matrix, long band) = Math.DivRem(block, _bands);
        long offsetX = band * Band, offsetY = 0, stepY = 0, stride = plan.Inner;
        for (int i = plan.Rank - 2; i >= 0; i--)
        {
            (long size, long strideX) = plan[i];
            if (i == contiguous)
            {
                stepY = stride;
                offsetY += band * Band * stride;
            }
            else
            {
                (matrix, long at) = Math.DivRem(matrix, size);
                offsetX += at * strideX;
                offsetY += at * stride;
            }
            stride *= size;
        }
        long columns = Math.Min(Band, plan[contiguous].Size - band * Band);
        Transposer.Run(plan.Inner, columns, x + offsetX, plan.InnerA, y + offsetY, stepY, accumulate);
    }
}
