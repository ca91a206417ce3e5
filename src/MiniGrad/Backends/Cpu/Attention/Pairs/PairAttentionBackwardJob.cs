using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MiniGrad.Backends.Cpu.Gemm;

namespace MiniGrad.Backends.Cpu;

/// <summary>
/// <see cref="AttentionBackwardJob"/> with its five products in bfloat16: queries, keys, values, dO, P and dS are rounded as they
/// are packed; P and dS are made, and all sums are kept, in float32. dK and dV add up block of queries by block.
/// </summary>
/// <typeparam name="TSource">How queries, keys and values are stored.</typeparam>
internal readonly unsafe struct PairAttentionBackwardJob<TSource>(AttentionShape shape, PairAttentionTiles tiles, void* q, void* k, void* v, float* output, float* logSumExp, float* dOutput, float* dQ, float* dK, float* dV, bool accumulate, float* scratch) : ISimdJob
    where TSource : IPairSource
{
    /// <summary>Queries at a time, an even number; it decides the order in which dK and dV are added up.</summary>
    public const int QueryRows = 48;

    // Tiles of turned weights are no power of two apart.
    private const int QueryPairs = QueryRows / 2, TileWords = QueryPairs * PairAttentionTiles.Height + 16;

    /// <summary>Scratch elements that one worker needs.</summary>
    public long ScratchSize => Divide(null).End - (uint*)null;

    /// <inheritdoc/>
    public void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (int batch, int kvHead) = Math.DivRem(block, shape.KvHeads);
        int group = shape.Heads / shape.KvHeads, keys = shape.KeyLength;
        long keyOffset = (long)batch * keys * shape.KeyStride + kvHead * shape.QkSize, valueOffset = (long)batch * keys * shape.ValueStride + kvHead * shape.ValueSize;
        Places at = Divide((uint*)scratch + worker * ScratchSize);
        tiles.PackTransposed<TSource>(tiles.Qk, k, keyOffset, shape.KeyStride, at.KeyPanels, (uint*)at.P);
        tiles.PackTransposed<TSource>(tiles.Value, v, valueOffset, shape.ValueStride, at.ValuePanels, (uint*)at.P);
        PairAttentionTiles.PackColumns<TSource>(keys, tiles.Qk, k, keyOffset, shape.KeyStride, at.Keys);
        new Span<float>(at.SumK, checked(tiles.Keys * tiles.Qk.Step)).Clear();
        new Span<float>(at.SumV, checked(tiles.Keys * tiles.Value.Step)).Clear();
        for (int head = kvHead * group; head < (kvHead + 1) * group; head++)
        {
            for (int first = 0; first < shape.QueryLength; first += QueryRows) Queries<TV>(batch, head, first, at);
        }
        AttentionTiles.WriteRows<TV>(keys, shape.QkSize, 1, at.SumK, tiles.Qk.Step, dK + keyOffset, shape.KeyStride, accumulate);
        AttentionTiles.WriteRows<TV>(keys, shape.ValueSize, 1, at.SumV, tiles.Value.Step, dV + valueOffset, shape.ValueStride, accumulate);
    }

    private void Queries<TV>(int batch, int head, int first, in Places at) where TV : unmanaged, ILanes<TV>
    {
        int rows = Math.Min(QueryRows, shape.QueryLength - first);
        float scale = (float)shape.Scale;
        long token = (long)batch * shape.QueryLength + first, queryOffset = token * shape.QueryStride + head * shape.QkSize;
        PrefetchFor(batch, head, first, rows);
        long stepOut = (long)shape.Heads * shape.ValueSize, outOffset = (token * shape.Heads + head) * shape.ValueSize;
        PairAttentionTiles.PackRows<TSource>(rows, tiles.Qk, q, queryOffset, shape.QueryStride, at.QueryRows);
        PairAttentionTiles.PackColumns<TSource>(rows, tiles.Qk, q, queryOffset, shape.QueryStride, at.Queries);
        PairAttentionTiles.PackRows<FloatSource>(rows, tiles.Value, dOutput, outOffset, stepOut, at.UpperRows);
        PairAttentionTiles.PackColumns<FloatSource>(rows, tiles.Value, dOutput, outOffset, stepOut, at.Upper);
        tiles.Scores(first, rows, tiles.Qk, at.QueryRows, at.KeyPanels, scale, at.P);
        tiles.Scores(first, rows, tiles.Value, at.UpperRows, at.ValuePanels, 1, at.DS);

        int seen = AttentionTiles.Visible(shape, first + rows - 1), end = (int)AttentionTiles.Up(seen, PairAttentionTiles.Height);
        float* saved = logSumExp + ((long)batch * shape.Heads + head) * shape.QueryLength + first;
        for (int row = 0; row < rows; row++)
        {
            long place = row * (long)tiles.ScoreStep;
            float inner = Rows.Dot<TV>(dOutput + outOffset + row * stepOut, output + outOffset + row * stepOut, shape.ValueSize);
            Weights<TV>(at.P + place, at.DS + place, (ushort*)(at.Weights + row * (long)tiles.WeightPitch), AttentionTiles.Visible(shape, first + row), end, saved[row], inner);
            if (row % 2 == 0 && row + 1 < rows) continue;
            long even = row / 2 * 2 * (long)tiles.ScoreStep;
            Turn(at.P + even, row % 2 == 1 ? at.P + place : null, seen, at.TurnedP + row / 2 * PairAttentionTiles.Height);
            Turn(at.DS + even, row % 2 == 1 ? at.DS + place : null, seen, at.TurnedDS + row / 2 * PairAttentionTiles.Height);
        }
        tiles.Combine(first, rows, at.Weights, tiles.Qk, at.Keys, scale, at.SumQ);
        AttentionTiles.WriteRows<TV>(rows, shape.QkSize, 1, at.SumQ, tiles.Qk.Step, dQ + queryOffset, shape.QueryStride, accumulate);
        tiles.AddTransposed(first, rows, seen, at.TurnedDS, TileWords, tiles.Qk, at.Queries, scale, at.SumK);
        tiles.AddTransposed(first, rows, seen, at.TurnedP, TileWords, tiles.Value, at.Upper, 1, at.SumV);
    }

    /// <summary>What this block of queries writes, what the next one reads, and as many of the keys and values that come next.</summary>
    private void PrefetchFor(int batch, int head, int first, int rows)
    {
        long token = (long)batch * shape.QueryLength + first, stepOut = (long)shape.Heads * shape.ValueSize;
        AttentionTiles.Prefetch(rows, shape.QkSize, dQ + token * shape.QueryStride + head * shape.QkSize, shape.QueryStride);
        int next = Math.Min(QueryRows, shape.QueryLength - first - rows);
        token += rows;
        PairAttentionTiles.Prefetch<TSource>(next, shape.QkSize, q, token * shape.QueryStride + head * shape.QkSize, shape.QueryStride);
        AttentionTiles.Prefetch(next, shape.ValueSize, output + (token * shape.Heads + head) * shape.ValueSize, stepOut);
        AttentionTiles.Prefetch(next, shape.ValueSize, dOutput + (token * shape.Heads + head) * shape.ValueSize, stepOut);
        int group = shape.Heads / shape.KvHeads, kvHead = head / group;
        // The last query head of a group prepares for the group after it, and what its own keys and values receive.
        if (head % group != group - 1 || first + rows > shape.KeyLength) return;
        PrefetchKeys<FloatSource>(batch, kvHead, first, rows, dK, dV);
        int block = batch * shape.KvHeads + kvHead + 1;
        if (block < shape.Batch * shape.KvHeads) PrefetchKeys<TSource>(block / shape.KvHeads, block % shape.KvHeads, first, rows, k, v);
    }

    private void PrefetchKeys<T>(int batch, int kvHead, int first, int rows, void* keys, void* values)
        where T : IPairSource
    {
        long token = (long)batch * shape.KeyLength + first;
        PairAttentionTiles.Prefetch<T>(rows, shape.QkSize, keys, token * shape.KeyStride + kvHead * shape.QkSize, shape.KeyStride);
        PairAttentionTiles.Prefetch<T>(rows, shape.ValueSize, values, token * shape.ValueStride + kvHead * shape.ValueSize, shape.ValueStride);
    }

    /// <summary>Scores become P = e^(S − lse), and dP becomes dS = P ⊙ (dP − D), rounded besides; all 0 for keys that are not visible, up to the end and the next whole register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weights<TV>(float* p, float* dS, ushort* rounded, long visible, long end, float logSumExp, float inner) where TV : unmanaged, ILanes<TV>
    {
        TV lse = TV.All(logSumExp), d = TV.All(inner);
        long i = 0;
        for (; i < visible; i += TV.Count)
        {
            TV weight = SimdMath.Exp(TV.Load(p + i, visible - i, float.NegativeInfinity) - lse), slope = weight * (TV.Load(dS + i, visible - i, inner) - d);
            weight.Store(p + i);
            slope.Store(dS + i);
            slope.StoreBfloat16(rounded + i, TV.Count);
        }
        for (; i < end; i += TV.Count)
        {
            TV.All(0).Store(p + i);
            TV.All(0).Store(dS + i);
            TV.All(0).StoreBfloat16(rounded + i, TV.Count);
        }
    }

    /// <summary>Two queries' weights become pairs, rounded: eight keys side by side, then those of the next tile of keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(float* even, float* odd, int keys, uint* to)
    {
        int key = 0;
        for (; key < keys && Vector512.IsHardwareAccelerated; key += 2 * PairAttentionTiles.Height, to += 2 * TileWords)
        {
            Vector512<uint> pairs = Lanes16.Nearest(Vector512.Load(even + key)) >> 16;
            if (odd != null) pairs |= Lanes16.Nearest(Vector512.Load(odd + key)) & Vector512.Create(0xFFFF_0000u);
            pairs.GetLower().Store(to);
            pairs.GetUpper().Store(to + TileWords);
        }
        for (; key < keys; key += PairAttentionTiles.Height, to += TileWords) PairRounding.Columns(even + key, odd == null ? null : odd + key, PairAttentionTiles.Height, to);
    }

    private Places Divide(uint* at)
    {
        Places places = default;
        places.KeyPanels = PairAttentionTiles.Take(ref at, tiles.PanelWords(tiles.Qk));
        places.ValuePanels = PairAttentionTiles.Take(ref at, tiles.PanelWords(tiles.Value));
        places.Keys = PairAttentionTiles.Take(ref at, (long)tiles.KeyPairs * tiles.Qk.Step);
        places.SumK = (float*)PairAttentionTiles.Take(ref at, (long)tiles.Keys * tiles.Qk.Step);
        places.SumV = (float*)PairAttentionTiles.Take(ref at, (long)tiles.Keys * tiles.Value.Step);
        places.QueryRows = PairAttentionTiles.Take(ref at, QueryRows * tiles.Qk.Pitch);
        places.UpperRows = PairAttentionTiles.Take(ref at, QueryRows * tiles.Value.Pitch);
        places.Queries = PairAttentionTiles.Take(ref at, QueryPairs * tiles.Qk.Step);
        places.Upper = PairAttentionTiles.Take(ref at, QueryPairs * tiles.Value.Step);
        places.SumQ = (float*)PairAttentionTiles.Take(ref at, QueryRows * tiles.Qk.Step);
        long packing = Math.Max(PairAttentionTiles.PanelScratch(tiles.Qk), PairAttentionTiles.PanelScratch(tiles.Value));
        places.P = (float*)PairAttentionTiles.Take(ref at, Math.Max(QueryRows * (long)tiles.ScoreStep, packing));
        places.DS = (float*)PairAttentionTiles.Take(ref at, QueryRows * (long)tiles.ScoreStep);
        places.Weights = PairAttentionTiles.Take(ref at, QueryRows * (long)tiles.WeightPitch);
        places.TurnedP = PairAttentionTiles.Take(ref at, tiles.Keys / PairAttentionTiles.Height * (long)TileWords);
        places.TurnedDS = PairAttentionTiles.Take(ref at, tiles.Keys / PairAttentionTiles.Height * (long)TileWords);
        places.End = at;
        return places;
    }

    /// <summary>Where a worker keeps what, in its scratch memory.</summary>
    private struct Places
    {
        public uint* KeyPanels, ValuePanels, Keys, QueryRows, UpperRows, Queries, Upper, Weights, TurnedP, TurnedDS, End;
        public float* SumK, SumV, SumQ, P, DS;
    }
}
