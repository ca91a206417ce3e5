using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend : IAttentionKernels
{
    /// <inheritdoc/>
    public void Attention(in AttentionShape shape, BufferView q, BufferView k, BufferView v, BufferView output, BufferView logSumExp, BufferView maxLogit)
    {
        CheckGroups(shape);
        if (InPairs(shape.Precision))
        {
            AttentionInPairs<FloatSource>(shape, Pointer(q), Pointer(k), Pointer(v), output, logSumExp, maxLogit);
            return;
        }
        int blocks = shape.Batch * shape.Heads;
        var tiles = new AttentionTiles(shape, LaneCount, AttentionJob.QueryRows);
        float* largest = maxLogit.IsEmpty ? null : (float*)Partials(blocks);
        long size = new AttentionJob(shape, tiles, null, null, null, null, null, null, null).ScratchSize;
        For(blocks, new AttentionJob(shape, tiles, Pointer(q), Pointer(k), Pointer(v), Pointer(output), Pointer(logSumExp), largest, Scratch(size * Threads)));
        LargestOfHeads(shape, largest, maxLogit);
    }

    private static void LargestOfHeads(in AttentionShape shape, float* largest, BufferView maxLogit)
    {
        if (largest == null) return;
        int blocks = shape.Batch * shape.Heads;
        float* result = Pointer(maxLogit);
        for (int head = 0; head < shape.Heads; head++) result[head] = float.NegativeInfinity;
        for (int block = 0; block < blocks; block++) result[block % shape.Heads] = Math.Max(result[block % shape.Heads], largest[block]);
    }

    /// <inheritdoc/>
    public void AttentionBackward(in AttentionShape shape, BufferView q, BufferView k, BufferView v, BufferView output, BufferView logSumExp, BufferView dOutput, BufferView dQ, BufferView dK, BufferView dV, bool accumulate)
    {
        CheckGroups(shape);
        if (InPairs(shape.Precision))
        {
            AttentionBackwardInPairs<FloatSource>(shape, Pointer(q), Pointer(k), Pointer(v), output, logSumExp, dOutput, dQ, dK, dV, accumulate);
            return;
        }
        var tiles = new AttentionTiles(shape, LaneCount, AttentionBackwardJob.QueryRows);
        long size = new AttentionBackwardJob(shape, tiles, null, null, null, null, null, null, null, null, null, false, null).ScratchSize;
        var job = new AttentionBackwardJob(
            shape, tiles, Pointer(q), Pointer(k), Pointer(v), Pointer(output), Pointer(logSumExp), Pointer(dOutput), Pointer(dQ), Pointer(dK), Pointer(dV), accumulate, Scratch(size * Threads));
        For(shape.Batch * shape.KvHeads, job);
    }

    /// <inheritdoc/>
    public void Rope(in RopeShape shape, BufferView cosine, BufferView sine, BufferView x, BufferView y, bool accumulate) =>
        For(Blocks.Count(shape.Rows, Blocks.Rows((long)shape.Heads * shape.HeadSize)), new RopeJob(shape, Pointer(cosine), Pointer(sine), Pointer(x), Pointer(y), accumulate));

    private static void CheckGroups(in AttentionShape shape)
    {
        if (shape.KvHeads < 1 || shape.Heads % shape.KvHeads != 0) throw new ArgumentException($"attention: {shape.KvHeads} key–value heads do not divide {shape.Heads} query heads");
    }
}
