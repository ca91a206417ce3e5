using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>
/// Gradients of attention, one (sequence, key–value head) a block, so that dK and dV of a group of query heads have one
/// owner. The weights are recomputed from the log-sum-exp: <c>P = e^(S − lse)</c>, <c>dS = P ⊙ (dP − D)</c>,
/// <c>D_i = ⟨dO_i, O_i⟩</c>, <c>dQ = scale·dS·K</c>, <c>dK = dSᵀ·(scale·Q)</c>, <c>dV = Pᵀ·dO</c>.
/// </summary>
internal unsafe struct AttentionBackwardJob(AttentionShape shape, AttentionTiles tiles, float* q, float* k, float* v, float* output, float* logSumExp, float* dOutput, float* dQ, float* dK, float* dV, bool accumulate, float* scratch) : ISimdJob
{
    /// <summary>Queries at a time.</summary>
    public const int QueryRows = 48;

    private readonly long _keyPanels = AttentionTiles.Up((long)tiles.PanelCount * tiles.Panel * shape.QkSize, 16);
    private readonly long _valuePanels = AttentionTiles.Up((long)tiles.PanelCount * tiles.Panel * shape.ValueSize, 16);

    /// <summary>Scratch elements that one worker needs.</summary>
    public readonly long ScratchSize => _keyPanels + _valuePanels + tiles.Keys * (2 * tiles.QkStep + tiles.ValueStep) + QueryRows * (2 * tiles.QkStep + tiles.ValueStep + 2 * tiles.ScoreStep);

    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (int batch, int kvHead) = Math.DivRem(block, shape.KvHeads);
        int group = shape.Heads / shape.KvHeads;
        long keyOffset = (long)batch * shape.KeyLength * shape.KeyStride + kvHead * shape.QkSize, valueOffset = (long)batch * shape.KeyLength * shape.ValueStride + kvHead * shape.ValueSize;
        Places at = Divide(worker);
        tiles.PackTransposed(shape.KeyLength, shape.QkSize, k + keyOffset, shape.KeyStride, at.KeyPanels);
        tiles.PackTransposed(shape.KeyLength, shape.ValueSize, v + valueOffset, shape.ValueStride, at.ValuePanels);
        AttentionTiles.CopyRows<TV>(shape.KeyLength, shape.QkSize, 1, k + keyOffset, shape.KeyStride, at.Keys, tiles.QkStep);
        new Span<float>(at.SumK, checked((int)(tiles.Keys * (tiles.QkStep + tiles.ValueStep)))).Clear();
        for (int head = kvHead * group; head < (kvHead + 1) * group; head++)
        {
            for (int first = 0; first < shape.QueryLength; first += QueryRows) Queries<TV>(batch, head, first, at);
        }
        AttentionTiles.WriteRows<TV>(shape.KeyLength, shape.QkSize, 1, at.SumK, tiles.QkStep, dK + keyOffset, shape.KeyStride, accumulate);
        AttentionTiles.WriteRows<TV>(shape.KeyLength, shape.ValueSize, 1, at.SumV, tiles.ValueStep, dV + valueOffset, shape.ValueStride, accumulate);
    }

    private readonly void Queries<TV>(int batch, int head, int first, in Places at) where TV : unmanaged, ILanes<TV>
    {
        int rows = Math.Min(QueryRows, shape.QueryLength - first);
        long token = (long)batch * shape.QueryLength + first, queryOffset = token * shape.QueryStride + head * shape.QkSize;
        PrefetchFor(batch, head, first, rows);
        long stepOut = (long)shape.Heads * shape.ValueSize, outOffset = (token * shape.Heads + head) * shape.ValueSize;
        AttentionTiles.CopyRows<TV>(rows, shape.QkSize, (float)shape.Scale, q + queryOffset, shape.QueryStride, at.Queries, tiles.QkStep);
        AttentionTiles.CopyRows<TV>(rows, shape.ValueSize, 1, dOutput + outOffset, stepOut, at.Upper, tiles.ValueStep);
        tiles.Scores<TV>(shape, first, rows, shape.QkSize, at.Queries, tiles.QkStep, at.KeyPanels, at.P);
        tiles.Scores<TV>(shape, first, rows, shape.ValueSize, at.Upper, tiles.ValueStep, at.ValuePanels, at.DS);

        int seen = AttentionTiles.Visible(shape, first + rows - 1);
        float* saved = logSumExp + ((long)batch * shape.Heads + head) * shape.QueryLength + first;
        for (int row = 0; row < rows; row++)
        {
            int visible = AttentionTiles.Visible(shape, first + row), end = (int)AttentionTiles.Up(seen, Tile.Height);
            float* p = at.P + row * tiles.ScoreStep, dS = at.DS + row * tiles.ScoreStep;
            Weights<TV>(p, dS, visible, end, saved[row], Rows.Dot<TV>(dOutput + outOffset + row * stepOut, output + outOffset + row * stepOut, shape.ValueSize));
        }
        tiles.Combine<TV>(shape, first, rows, at.DS, at.Keys, tiles.QkStep, at.SumQ);
        AttentionTiles.WriteRows<TV>(rows, shape.QkSize, (float)shape.Scale, at.SumQ, tiles.QkStep, dQ + queryOffset, shape.QueryStride, accumulate);
        AddTransposed<TV>(first, rows, seen, at.DS, at.Queries, tiles.QkStep, at.SumK);
        AddTransposed<TV>(first, rows, seen, at.P, at.Upper, tiles.ValueStep, at.SumV);
    }

    /// <summary>What this block of queries writes, what the next one reads, and as many of the keys and values that come next.</summary>
    private readonly void PrefetchFor(int batch, int head, int first, int rows)
    {
        long token = (long)batch * shape.QueryLength + first, stepOut = (long)shape.Heads * shape.ValueSize;
        AttentionTiles.Prefetch(rows, shape.QkSize, dQ + token * shape.QueryStride + head * shape.QkSize, shape.QueryStride);
        int next = Math.Min(QueryRows, shape.QueryLength - first - rows);
        token += rows;
        AttentionTiles.Prefetch(next, shape.QkSize, q + token * shape.QueryStride + head * shape.QkSize, shape.QueryStride);
        AttentionTiles.Prefetch(next, shape.ValueSize, output + (token * shape.Heads + head) * shape.ValueSize, stepOut);
        AttentionTiles.Prefetch(next, shape.ValueSize, dOutput + (token * shape.Heads + head) * shape.ValueSize, stepOut);
        int group = shape.Heads / shape.KvHeads, kvHead = head / group;
        // The last query head of a group prepares for the group after it, and what its own keys and values receive.
        if (head % group != group - 1 || first + rows > shape.KeyLength) return;
        PrefetchKeys(batch, kvHead, first, rows, dK, dV);
        int block = batch * shape.KvHeads + kvHead + 1;
        if (block < shape.Batch * shape.KvHeads) PrefetchKeys(block / shape.KvHeads, block % shape.KvHeads, first, rows, k, v);
    }

    private readonly void PrefetchKeys(int batch, int kvHead, int first, int rows, float* keys, float* values)
    {
        long token = (long)batch * shape.KeyLength + first;
        AttentionTiles.Prefetch(rows, shape.QkSize, keys + token * shape.KeyStride + kvHead * shape.QkSize, shape.KeyStride);
        AttentionTiles.Prefetch(rows, shape.ValueSize, values + token * shape.ValueStride + kvHead * shape.ValueSize, shape.ValueStride);
    }

    /// <summary>Scores become P = e^(S − lse), and dP becomes dS = P ⊙ (dP − D); both 0 for keys that are not visible, up to the end and the next whole register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weights<TV>(float* p, float* dS, long visible, long end, float logSumExp, float inner) where TV : unmanaged, ILanes<TV>
    {
        TV lse = TV.All(logSumExp), d = TV.All(inner);
        long i = 0;
        for (; i < visible; i += TV.Count)
        {
            TV weight = SimdMath.Exp(TV.Load(p + i, visible - i, float.NegativeInfinity) - lse);
            weight.Store(p + i);
            (weight * (TV.Load(dS + i, visible - i, inner) - d)).Store(dS + i);
        }
        for (; i < end; i += TV.Count)
        {
            TV.All(0).Store(p + i);
            TV.All(0).Store(dS + i);
        }
    }

    /// <summary><c>sums[j, :] += Σ_i weights[i, j]·vectors[i, :]</c> over the queries of a block that see key j.</summary>
    private readonly void AddTransposed<TV>(int first, int rows, int seen, float* weights, float* vectors, long step, float* sums) where TV : unmanaged, ILanes<TV>
    {
        for (int key = 0; key < seen; key += Tile.Height)
        {
            int from = shape.Causal ? (int)Math.Clamp((long)key - shape.QueryOffset - first, 0, rows) : 0;
            for (long column = 0; column < step; column += tiles.Panel)
            {
                Tile.Multiply<TV>(weights + from * tiles.ScoreStep + key, 1, tiles.ScoreStep, vectors + from * step + column, step, rows - from, sums + key * step + column, step, true);
            }
        }
    }

    private readonly Places Divide(int worker)
    {
        Places at = default;
        at.KeyPanels = scratch + worker * ScratchSize;
        at.ValuePanels = at.KeyPanels + _keyPanels;
        at.Keys = at.ValuePanels + _valuePanels;
        at.SumK = at.Keys + tiles.Keys * tiles.QkStep;
        at.SumV = at.SumK + tiles.Keys * tiles.QkStep;
        at.Queries = at.SumV + tiles.Keys * tiles.ValueStep;
        at.SumQ = at.Queries + QueryRows * tiles.QkStep;
        at.Upper = at.SumQ + QueryRows * tiles.QkStep;
        at.P = at.Upper + QueryRows * tiles.ValueStep;
        at.DS = at.P + QueryRows * tiles.ScoreStep;
        return at;
    }

    /// <summary>Where a worker keeps what, in its scratch memory.</summary>
    private struct Places
    {
        public float* KeyPanels, ValuePanels, Keys, SumK, SumV, Queries, SumQ, Upper, P, DS;
    }
}
