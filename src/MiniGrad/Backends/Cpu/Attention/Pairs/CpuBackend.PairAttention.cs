using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

/// <content>Attention whose products are in bfloat16.</content>
public sealed unsafe partial class CpuBackend
{
    void IBfloat16Storage.AttentionOfHalf(in AttentionShape shape, HalfView q, HalfView k, HalfView v, BufferView output, BufferView logSumExp, BufferView maxLogit)
    {
        CheckGroups(shape);
        AttentionInPairs<HalfSource>(shape, Pointer(q), Pointer(k), Pointer(v), output, logSumExp, maxLogit);
    }

    void IBfloat16Storage.AttentionBackwardOfHalf(in AttentionShape shape, HalfView q, HalfView k, HalfView v, BufferView output, BufferView logSumExp, BufferView dOutput, BufferView dQ, BufferView dK, BufferView dV, bool accumulate)
    {
        CheckGroups(shape);
        AttentionBackwardInPairs<HalfSource>(shape, Pointer(q), Pointer(k), Pointer(v), output, logSumExp, dOutput, dQ, dK, dV, accumulate);
    }

    private void AttentionInPairs<TSource>(in AttentionShape shape, void* q, void* k, void* v, BufferView output, BufferView logSumExp, BufferView maxLogit)
        where TSource : unmanaged, IPairSource
    {
        int blocks = shape.Batch * shape.Heads;
        PairAttentionTiles tiles = TilesFor(shape);
        float* largest = maxLogit.IsEmpty ? null : (float*)Partials(blocks);
        long size = new PairAttentionJob<TSource>(shape, tiles, null, null, null, null, null, null, null).ScratchSize;
        For(blocks, new PairAttentionJob<TSource>(shape, tiles, q, k, v, Pointer(output), Pointer(logSumExp), largest, Scratch(size * Threads)));
        LargestOfHeads(shape, largest, maxLogit);
    }

    private void AttentionBackwardInPairs<TSource>(in AttentionShape shape, void* q, void* k, void* v, BufferView output, BufferView logSumExp, BufferView dOutput, BufferView dQ, BufferView dK, BufferView dV, bool accumulate)
        where TSource : unmanaged, IPairSource
    {
        PairAttentionTiles tiles = TilesFor(shape);
        long size = new PairAttentionBackwardJob<TSource>(shape, tiles, null, null, null, null, null, null, null, null, null, false, null).ScratchSize;
        var job = new PairAttentionBackwardJob<TSource>(
            shape, tiles, q, k, v, Pointer(output), Pointer(logSumExp), Pointer(dOutput), Pointer(dQ), Pointer(dK), Pointer(dV), accumulate, Scratch(size * Threads));
        For(shape.Batch * shape.KvHeads, job);
    }

    private PairAttentionTiles TilesFor(in AttentionShape shape)
    {
        var tiles = new PairAttentionTiles(shape, _assembled?.Tiles ?? default);
        if (_assembled is not null) tiles.Prepare(_assembled);
        return tiles;
    }

    private static void* Pointer(HalfView view) => (ushort*)Pointer(view.Words) + view.First;
}
