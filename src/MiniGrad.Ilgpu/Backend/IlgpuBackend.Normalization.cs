using System.Runtime.CompilerServices;
using ILGPU;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>Row-wise normalizations.</content>
public sealed partial class IlgpuBackend
{
    /// <inheritdoc/>
    public void LayerNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView bias, BufferView y, BufferView mean, BufferView rstd) =>
        Normalize(rows, columns, epsilon, x, weight, bias, y, centres: true, mean, rstd);

    /// <inheritdoc/>
    public void LayerNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView mean, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight, BufferView dBias, bool accumulateBias)
    {
        NormBackward(rows, columns, x, weight, mean, rstd, dY, dX, accumulateX);
        WeightGradient(rows, columns, x, mean, rstd, dY, dWeight, accumulateWeight, forBias: false);
        WeightGradient(rows, columns, x, mean, rstd, dY, dBias, accumulateBias, forBias: true);
    }

    /// <inheritdoc/>
    public void RmsNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView y, BufferView rstd) =>
        Normalize(rows, columns, epsilon, x, weight, default, y, centres: false, default, rstd);

    /// <inheritdoc/>
    public void RmsNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight)
    {
        NormBackward(rows, columns, x, weight, default, rstd, dY, dX, accumulateX);
        WeightGradient(rows, columns, x, default, rstd, dY, dWeight, accumulateWeight, forBias: false);
    }

    /// <inheritdoc/>
    public void Softmax(int rows, int columns, BufferView x, BufferView y)
    {
        long count = (long)rows * columns;
        Rows(NormalizationKernels.Softmax, rows, new SoftmaxArgs { X = Reals(x, count), DY = _one.Reals, Y = Reals(y, count), Columns = columns });
    }

    /// <inheritdoc/>
    public void SoftmaxBackward(int rows, int columns, BufferView y, BufferView dY, BufferView dX, bool accumulate)
    {
        long count = (long)rows * columns;
        Rows(NormalizationKernels.SoftmaxBackward, rows, new SoftmaxArgs { X = Reals(y, count), DY = Reals(dY, count), Y = Reals(dX, count), Columns = columns, Accumulate = Flag(accumulate) });
    }

    private void Normalize(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView bias, BufferView y, bool centres, BufferView mean, BufferView rstd, [CallerMemberName] string kernel = "")
    {
        long count = (long)rows * columns;
        Rows(NormalizationKernels.Norm, rows, new NormArgs
        {
            X = Reals(x, count, kernel: kernel),
            Weight = Reals(weight, columns, kernel: kernel),
            Bias = Optional(bias, columns, kernel: kernel),
            Y = Reals(y, count, kernel: kernel),
            Mean = centres ? Reals(mean, rows, kernel: kernel) : _one.Reals,
            Rstd = Reals(rstd, rows, kernel: kernel),
            Columns = columns,
            HasMean = Flag(centres),
            HasBias = Flag(!bias.IsEmpty),
            Epsilon = (float)epsilon,
        });
    }

    private void NormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView mean, BufferView rstd, BufferView dY, BufferView dX, bool accumulate)
    {
        if (dX.IsEmpty) return;
        long count = (long)rows * columns;
        Rows(NormalizationKernels.NormBackward, rows, new NormBackwardArgs
        {
            X = Reals(x, count),
            Weight = Reals(weight, columns),
            Mean = Optional(mean, rows),
            Rstd = Reals(rstd, rows),
            DY = Reals(dY, count),
            DX = Reals(dX, count),
            Columns = columns,
            HasMean = Flag(!mean.IsEmpty),
            Accumulate = Flag(accumulate),
        });
    }

    // The sums over slabs of rows go to the workspace, and the sums of those to the gradient.
    private void WeightGradient(int rows, int columns, BufferView x, BufferView mean, BufferView rstd, BufferView dY, BufferView gradient, bool accumulate, bool forBias)
    {
        if (gradient.IsEmpty || columns == 0) return;
        long count = (long)rows * columns;
        int slabs = Math.Clamp(rows / LeastPerSlab, 1, MostSlabs);
        ArrayView<float> partial = Workspace((long)slabs * columns);
        Each(NormalizationKernels.WeightGradient, (long)slabs * columns, new NormWeightArgs
        {
            X = Reals(x, count),
            Mean = Optional(mean, rows),
            Rstd = Reals(rstd, rows),
            DY = Reals(dY, count),
            Partial = partial,
            Rows = rows,
            Columns = columns,
            HasMean = Flag(!mean.IsEmpty),
            Slabs = slabs,
            ForBias = Flag(forBias),
        });
        Each(ReductionKernels.ColumnSums, columns, new ColumnSumArgs { X = partial, Y = Reals(gradient, columns), Axis = slabs, Inner = columns, Slabs = 1, Alpha = 1, Accumulate = Flag(accumulate) });
    }
}
