using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend : IReductionKernels
{
    /// <inheritdoc/>
    public void SumAxis(long outer, int axis, long inner, double alpha, BufferView x, BufferView y, bool accumulate) =>
        SumAxis(outer, axis, inner, (float)alpha, Pointer(x), Pointer(y), accumulate);

    /// <inheritdoc/>
    public void Dot(BufferView x, BufferView y, BufferView result) => *Pointer(result) = (float)Total<DotTotal>(Pointer(x), Pointer(y), x.Length);

    /// <inheritdoc/>
    public void Norm(BufferView x, BufferView result) => *Pointer(result) = (float)Math.Sqrt(Total<SquareTotal>(Pointer(x), Pointer(x), x.Length));

    private void SumAxis(long outer, long axis, long inner, float alpha, float* x, float* y, bool accumulate)
    {
        if (outer * inner == 0) return;
        if (inner > 1)
        {
            var columns = new ColumnSumJob(outer, axis, inner, inner, alpha, x, y, accumulate);
            For(columns.BlockCount, columns);
        }
        else if (axis <= Blocks.Size)
        {
            For(Blocks.Count(outer, Blocks.Rows(axis)), new RowSumJob(outer, axis, alpha, x, y, accumulate));
        }
        else
        {
            for (long row = 0; row < outer; row++)
            {
                float sum = (float)(alpha * Total<SumTotal>(x + row * axis, x, axis));
                y[row] = accumulate ? y[row] + sum : sum;
            }
        }
    }

    private double Total<TTotal>(float* x, float* y, long length) where TTotal : struct, ITotal
    {
        int blocks = Blocks.Count(length);
        double total = 0;
        double* partials = blocks > 1 ? Partials(blocks) : &total;
        For(blocks, new PartialsJob<TTotal>(x, y, length, partials));
        if (blocks <= 1) return total;
        for (int i = 0; i < blocks; i++) total += partials[i];
        return total;
    }
}
