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
        NormBackward(rows, columns, x, weight, mean, rstd, dY, dX, accumulateX, dWeight, accumulateWeight, dBias, accumulateBias);
    }

    /// <inheritdoc/>
    public void RmsNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView y, BufferView rstd) =>
        Normalize(rows, columns, epsilon, x, weight, default, y, centres: false, default, rstd);

    /// <inheritdoc/>
    public void RmsNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight)
    {
        NormBackward(rows, columns, x, weight, default, rstd, dY, dX, accumulateX, dWeight, accumulateWeight, default, false);
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

    // The sums over slabs of rows go to the workspace, and the sums of those to the gradients.
    private void NormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView mean, BufferView rstd, BufferView dY, BufferView dX, bool accumulate, BufferView dWeight, bool accumulateWeight, BufferView dBias, bool accumulateBias)
    {
        bool sums = columns > 0 && !(dWeight.IsEmpty && dBias.IsEmpty);
        if (columns == 0 || (dX.IsEmpty && !sums)) return;
        long count = (long)rows * columns;
        int slabs = Math.Clamp(rows / LeastPerSlab, 1, MostSlabs), sumGroups = sums ? ((slabs * columns) + _session.RowThreads - 1) / _session.RowThreads : 0;
        long partials = (long)slabs * columns;
        ArrayView<float> partial = sums ? Workspace(2 * partials) : _one.Reals;
        Rows(NormalizationKernels.NormBackward, sumGroups + (dX.IsEmpty ? 0 : rows), new NormBackwardArgs
        {
            X = Reals(x, count),
            Weight = Reals(weight, columns),
            Mean = Optional(mean, rows),
            Rstd = Reals(rstd, rows),
            DY = Reals(dY, count),
            DX = Optional(dX, count),
            Partial = partial,
            Rows = rows,
            Columns = columns,
            HasMean = Flag(!mean.IsEmpty),
            Accumulate = Flag(accumulate),
            SumGroups = sumGroups,
            Slabs = slabs,
            OfWeight = Flag(!dWeight.IsEmpty),
            OfBias = Flag(!dBias.IsEmpty),
        });
        if (!sums) return;
        bool both = !dWeight.IsEmpty && !dBias.IsEmpty && !_strands.IsOpen;
        if (both) BeginStrands();
        if (!dWeight.IsEmpty) SumSlabs(partial.SubView(0, partials), dWeight, slabs, columns, accumulateWeight);
        if (both) NextStrand();
        if (!dBias.IsEmpty) SumSlabs(partial.SubView(partials, partials), dBias, slabs, columns, accumulateBias);
        if (both) EndStrands();
    }

    private void SumSlabs(ArrayView<float> partial, BufferView gradient, int slabs, int columns, bool accumulate) =>
        Each(ReductionKernels.ColumnSums, columns, new ColumnSumArgs { X = partial, Y = Reals(gradient, columns), Axis = slabs, Inner = columns, Slabs = 1, Alpha = 1, Accumulate = Flag(accumulate) }, ReductionKernels.ColumnSumsTogether);
}
