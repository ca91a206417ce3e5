using ILGPU;
using MiniGrad.Backends;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>Attention and positions.</content>
public sealed partial class IlgpuBackend
{
    /// <inheritdoc/>
    public void Attention(in AttentionShape shape, BufferView q, BufferView k, BufferView v, BufferView output, BufferView logSumExp, BufferView maxLogit)
    {
        long rows = (long)shape.Batch * shape.QueryLength, saved = rows * shape.Heads;
        int tiles = Over(shape.QueryLength);
        ArrayView<float> rowMax = maxLogit.IsEmpty ? _one.Reals : Workspace(saved);
        Operands(shape, q, k, v, out ArrayView<float> queries, out ArrayView<float> keys, out ArrayView<float> values);
        Tiles(AttentionKernels.Attention16, AttentionKernels.Attention4, new Index3D(shape.Batch * shape.Heads * tiles, Over(shape.ValueSize), 1), new AttentionArgs
        {
            Q = queries,
            K = keys,
            V = values,
            Output = Reals(output, saved * shape.ValueSize),
            LogSumExp = Reals(logSumExp, saved),
            RowMax = rowMax,
            Sizes = SizesOf(shape),
            Tiles = tiles,
            KeepsMax = Flag(!maxLogit.IsEmpty),
        });
        if (maxLogit.IsEmpty) return;
        Rows(AttentionKernels.MaxOfHead, shape.Heads, new MaxArgs { RowMax = rowMax, Max = Reals(maxLogit, shape.Heads), Batch = shape.Batch, Heads = shape.Heads, Length = shape.QueryLength });
    }

    /// <inheritdoc/>
    public void AttentionBackward(in AttentionShape shape, BufferView q, BufferView k, BufferView v, BufferView output, BufferView logSumExp, BufferView dOutput, BufferView dQ, BufferView dK, BufferView dV, bool accumulate)
    {
        long rows = (long)shape.Batch * shape.QueryLength, saved = rows * shape.Heads;
        Operands(shape, q, k, v, out ArrayView<float> queries, out ArrayView<float> keys, out ArrayView<float> values);
        Operands(shape, dQ, dK, dV, out ArrayView<float> toQueries, out ArrayView<float> toKeys, out ArrayView<float> toValues);
        ArrayView<float> above = Reals(dOutput, saved * shape.ValueSize), delta = Workspace(saved);
        Each(AttentionBackwardKernels.Delta, saved, new DeltaArgs { Output = Reals(output, saved * shape.ValueSize), DOutput = above, Delta = delta, Length = shape.QueryLength, Heads = shape.Heads, Size = shape.ValueSize });
        var args = new AttentionBackwardArgs
        {
            Q = queries,
            K = keys,
            V = values,
            DOutput = above,
            LogSumExp = Reals(logSumExp, saved),
            Delta = delta,
            DQ = toQueries,
            DK = toKeys,
            DV = toValues,
            Sizes = SizesOf(shape),
            QueryTiles = Over(shape.QueryLength),
            KeyTiles = Over(shape.KeyLength),
            QueryGroups = shape.Batch * shape.Heads * Over(shape.QueryLength),
            QkColumns = Over(shape.QkSize),
            Accumulate = Flag(accumulate),
        };
        var grid = new Index3D(args.QueryGroups + (shape.Batch * shape.KvHeads * args.KeyTiles), args.QkColumns + Over(shape.ValueSize), 1);
        Tiles(AttentionBackwardKernels.Gradients16, AttentionBackwardKernels.Gradients4, grid, args);
    }

    /// <inheritdoc/>
    public void Rope(in RopeShape shape, BufferView cosine, BufferView sine, BufferView x, BufferView y, bool accumulate)
    {
        if (shape.HeadSize % 2 != 0) throw new ArgumentException($"Rope: the head size {shape.HeadSize} is odd; coordinates are rotated in pairs");
        long angles = (Math.Min(shape.Rows, shape.SequenceLength) + (long)shape.PositionOffset) * (shape.HeadSize / 2), count = (long)shape.Rows * shape.Heads * shape.HeadSize;
        Each(RopeKernels.Rope, count / 2, new RopeArgs
        {
            Cosine = Reals(cosine, angles),
            Sine = Reals(sine, angles),
            X = Reals(x, count),
            Y = Reals(y, count),
            SequenceLength = shape.SequenceLength,
            Heads = shape.Heads,
            RotatedHeads = shape.RotatedHeads,
            HeadSize = shape.HeadSize,
            PositionOffset = shape.PositionOffset,
            Interleaved = Flag(shape.Interleaved),
            Inverse = Flag(shape.Inverse),
            Accumulate = Flag(accumulate),
        });
    }

    private static AttentionSizes SizesOf(in AttentionShape shape) => shape.KvHeads > 0 && shape.Heads % shape.KvHeads == 0
        ? new AttentionSizes
        {
            QueryLength = shape.QueryLength,
            KeyLength = shape.KeyLength,
            Heads = shape.Heads,
            KvHeads = shape.KvHeads,
            QkSize = shape.QkSize,
            ValueSize = shape.ValueSize,
            QueryStride = shape.QueryStride,
            KeyStride = shape.KeyStride,
            ValueStride = shape.ValueStride,
            Causal = Flag(shape.Causal),
            QueryOffset = shape.QueryOffset,
            Scale = (float)shape.Scale,
        }
        : throw new ArgumentException($"attention: {shape.KvHeads} key–value heads do not divide {shape.Heads} query heads");

    private void Operands(in AttentionShape shape, BufferView q, BufferView k, BufferView v, out ArrayView<float> queries, out ArrayView<float> keys, out ArrayView<float> values)
    {
        queries = Reals(q, Extent((long)shape.Batch * shape.QueryLength, shape.QueryStride, (long)shape.Heads * shape.QkSize), kernel: "Attention");
        keys = Reals(k, Extent((long)shape.Batch * shape.KeyLength, shape.KeyStride, (long)shape.KvHeads * shape.QkSize), kernel: "Attention");
        values = Reals(v, Extent((long)shape.Batch * shape.KeyLength, shape.ValueStride, (long)shape.KvHeads * shape.ValueSize), kernel: "Attention");
    }
}
