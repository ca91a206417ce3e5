using ILGPU;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>Reductions.</content>
public sealed partial class IlgpuBackend
{
    // A sum with fewer threads than this is split into slabs of the summed dimension, so that the device has work.
    private const long FewThreads = 1 << 14;
    private const int LeastPerSlab = 32, MostSlabs = 64;
    private const int PerGroup = 1 << 12, MostGroups = 256;

    /// <inheritdoc/>
    public void SumAxis(long outer, int axis, long inner, double alpha, BufferView x, BufferView y, bool accumulate) =>
        SumAxis(outer, axis, inner, alpha, Reals(x, outer * axis * inner), Reals(y, outer * inner), accumulate);

    /// <inheritdoc/>
    public void ReduceToA(in BroadcastLayout layout, double alpha, BufferView x, BufferView y, bool accumulate)
    {
        BroadcastLayout.Strides strides = layout.A;
        Shape shape = layout.Shape;
        long own = OwnCount(shape, strides), repeats = own == 0 ? 0 : shape.Count / own;
        ArrayView<float> from = Reals(x, shape.Count), to = Reals(y, own);
        int firstOwn = 0;
        while (firstOwn < shape.Rank && (strides[firstOwn] == 0 || shape[firstOwn] == 1)) firstOwn++;
        bool behind = true;
        for (int d = firstOwn; d < shape.Rank; d++) behind &= strides[d] != 0 || shape[d] == 1;
        if (behind && own > 1)
        {
            SumAxis(1, checked((int)repeats), own, alpha, from, to, accumulate);
            return;
        }

        Span<int> sizes = stackalloc int[Shape.MaxRank], steps = stackalloc int[Shape.MaxRank], repeated = stackalloc int[Shape.MaxRank], repeatedSteps = stackalloc int[Shape.MaxRank];
        int owns = 0, others = 0;
        for (int d = 0; d < shape.Rank; d++)
        {
            int step = 1;
            for (int inner = d + 1; inner < shape.Rank; inner++) step *= shape[inner];
            if (strides[d] == 0) (repeated[others], repeatedSteps[others++]) = (shape[d], step);
            else (sizes[owns], steps[owns++]) = (shape[d], step);
        }
        if (own == 0) return;
        Rows(ReductionKernels.RepeatedSums, (int)own, new RepeatedSumArgs
        {
            X = from,
            Y = to,
            OwnSizes = Five.Of(sizes[..owns], 1),
            OwnStrides = Five.Of(steps[..owns], 0),
            RepeatSizes = Five.Of(repeated[..others], 1),
            RepeatStrides = Five.Of(repeatedSteps[..others], 0),
            Repeats = (int)repeats,
            Alpha = (float)alpha,
            Accumulate = Flag(accumulate),
        });
    }

    /// <inheritdoc/>
    public void Dot(BufferView x, BufferView y, BufferView result)
    {
        int groups = Groups(x.Length);
        ArrayView<float> to = Exactly(result, 1), partial = groups == 1 ? to : Workspace(groups);
        Rows(ReductionKernels.Dot, groups, new VectorArgs { X = All(x), Y = Exactly(y, x.Length), Partial = partial, Result = to, Count = (int)x.Length, Groups = groups });
        if (groups > 1) SumAxis(1, groups, 1, 1, partial, to, accumulate: false);
    }

    /// <inheritdoc/>
    public void Norm(BufferView x, BufferView result) => Norms(1, x, result);

    /// <inheritdoc/>
    public void Norms(int count, BufferView x, BufferView results)
    {
        long length = x.Length / count;
        int groups = Groups(length);
        ArrayView<float> from = Reals(x, length * count), to = Exactly(results, count);
        var args = new VectorArgs { X = from, Y = from, Partial = groups == 1 ? _one.Reals : Workspace(2L * groups * count), Result = to, Count = (int)length, Groups = groups };
        Rows(ReductionKernels.Norm, groups * count, args, ReductionKernels.NormTogether);
        if (groups > 1) Rows(ReductionKernels.NormOfParts, count, args, ReductionKernels.NormOfPartsTogether);
    }

    private static int Groups(long count) => (int)Math.Clamp((count + PerGroup - 1) / PerGroup, 1, MostGroups);

    private void SumAxis(long outer, int axis, long inner, double alpha, ArrayView<float> x, ArrayView<float> y, bool accumulate)
    {
        if (outer == 0 || inner == 0) return;
        if (inner == 1)
        {
            Rows(ReductionKernels.RowSums, (int)outer, new RowSumArgs { X = x, Y = y, Axis = axis, Alpha = (float)alpha, Accumulate = Flag(accumulate) });
            return;
        }
        int slabs = outer * inner >= FewThreads ? 1 : Math.Clamp(axis / LeastPerSlab, 1, MostSlabs);
        long partials = outer * slabs * inner;
        ArrayView<float> partial = slabs == 1 ? y : Workspace(partials);
        Each(ReductionKernels.ColumnSums, partials, new ColumnSumArgs { X = x, Y = partial, Axis = axis, Inner = (int)inner, Slabs = slabs, Alpha = slabs == 1 ? (float)alpha : 1, Accumulate = Flag(accumulate && slabs == 1) });
        if (slabs > 1) Each(ReductionKernels.ColumnSums, outer * inner, new ColumnSumArgs { X = partial, Y = y, Axis = slabs, Inner = (int)inner, Slabs = 1, Alpha = (float)alpha, Accumulate = Flag(accumulate) });
    }
}
