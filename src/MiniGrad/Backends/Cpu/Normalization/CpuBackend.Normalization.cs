using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend : INormalizationKernels
{
    /// <inheritdoc/>
    public void LayerNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView bias, BufferView y, BufferView mean, BufferView rstd) =>
        For(Blocks.Count(rows, Blocks.Rows(columns)), new NormJob(rows, columns, epsilon, Pointer(x), Pointer(weight), Pointer(bias), Pointer(y), Pointer(mean), Pointer(rstd)));

    /// <inheritdoc/>
    public void RmsNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView y, BufferView rstd) =>
        For(Blocks.Count(rows, Blocks.Rows(columns)), new NormJob(rows, columns, epsilon, Pointer(x), Pointer(weight), null, Pointer(y), null, Pointer(rstd)));

    /// <inheritdoc/>
    public void LayerNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView mean, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight, BufferView dBias, bool accumulateBias) =>
        NormBackward(rows, columns, x, weight, mean, rstd, dY, dX, accumulateX, dWeight, accumulateWeight, dBias, accumulateBias);

    /// <inheritdoc/>
    public void RmsNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight) =>
        NormBackward(rows, columns, x, weight, default, rstd, dY, dX, accumulateX, dWeight, accumulateWeight, default, false);

    /// <inheritdoc/>
    public void Softmax(int rows, int columns, BufferView x, BufferView y) =>
        For(Blocks.Count(rows, Blocks.Rows(columns)), new SoftmaxJob(rows, columns, Pointer(x), Pointer(y)));

    /// <inheritdoc/>
    public void SoftmaxBackward(int rows, int columns, BufferView y, BufferView dY, BufferView dX, bool accumulate) =>
        For(Blocks.Count(rows, Blocks.Rows(columns)), new SoftmaxBackwardJob(rows, columns, Pointer(y), Pointer(dY), Pointer(dX), accumulate));

    private void NormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView mean, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight, BufferView dBias, bool accumulateBias)
    {
        int blocks = Blocks.Count(rows, NormBackwardJob.RowsPerBlock(rows, columns));
        float* shares = dWeight.IsEmpty && dBias.IsEmpty ? null : Scratch(2L * columns * blocks);
        For(blocks, new NormBackwardJob(rows, columns, Pointer(x), Pointer(weight), Pointer(mean), Pointer(rstd), Pointer(dY), Pointer(dX), accumulateX, shares));
        if (!dWeight.IsEmpty) AddShares(blocks, columns, shares, Pointer(dWeight), accumulateWeight);
        if (!dBias.IsEmpty) AddShares(blocks, columns, shares + columns, Pointer(dBias), accumulateBias);
    }

    private void AddShares(int blocks, int columns, float* shares, float* to, bool accumulate)
    {
        var job = new ColumnSumJob(1, blocks, columns, 2L * columns, 1, shares, to, accumulate);
        For(job.BlockCount, job);
    }
}
