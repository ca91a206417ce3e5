using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>
/// <see cref="AttentionJob"/> with products in bfloat16: queries, keys, values and the weights <c>e^(s − m)</c> are rounded as they
/// are packed; scores, their largest, the sum of the (unrounded) weights and the result are in float32.
/// </summary>
/// <typeparam name="TSource">How queries, keys and values are stored.</typeparam>
internal readonly unsafe struct PairAttentionJob<TSource>(AttentionShape shape, PairAttentionTiles tiles, void* q, void* k, void* v, float* output, float* logSumExp, float* largest, float* scratch) : ISimdJob
    where TSource : IPairSource
{
    /// <summary>Queries at a time.</summary>
    public const int QueryRows = 24;

    /// <summary>Scratch elements that one worker needs.</summary>
    public long ScratchSize => Divide(null).End - (uint*)null;

    /// <inheritdoc/>
    public void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (int batch, int head) = Math.DivRem(block, shape.Heads);
        int kvHead = head / (shape.Heads / shape.KvHeads);
        Places at = Divide((uint*)scratch + worker * ScratchSize);
        long keyRow = (long)batch * shape.KeyLength;
        tiles.PackTransposed<TSource>(tiles.Qk, k, keyRow * shape.KeyStride + kvHead * shape.QkSize, shape.KeyStride, at.Keys, (uint*)at.Scores);
        PairAttentionTiles.PackColumns<TSource>(shape.KeyLength, tiles.Value, v, keyRow * shape.ValueStride + kvHead * shape.ValueSize, shape.ValueStride, at.Values);
        float* sumsOfWeights = stackalloc float[QueryRows + 16];
        float max = float.NegativeInfinity;
        for (int first = 0; first < shape.QueryLength; first += QueryRows)
        {
            int rows = Math.Min(QueryRows, shape.QueryLength - first);
            long token = (long)batch * shape.QueryLength + first;
            PrefetchFor(block, first, rows);
            PairAttentionTiles.PackRows<TSource>(rows, tiles.Qk, q, token * shape.QueryStride + head * shape.QkSize, shape.QueryStride, at.Queries);
            tiles.Scores(first, rows, tiles.Qk, at.Queries, at.Keys, (float)shape.Scale, at.Scores);
            max = Math.Max(max, Softmax<TV>(first, rows, at, sumsOfWeights, logSumExp + (long)block * shape.QueryLength + first));
            tiles.Combine(first, rows, at.Weights, tiles.Value, at.Values, 1, at.Sums);
            float* to = output + (token * shape.Heads + head) * shape.ValueSize;
            for (int row = 0; row < rows; row++, to += (long)shape.Heads * shape.ValueSize)
            {
                float sum = sumsOfWeights[row];
                AttentionTiles.WriteRows<TV>(1, shape.ValueSize, sum == 0 ? 0 : 1 / sum, at.Sums + row * tiles.Value.Step, 0, to, 0, false);
            }
        }
        if (largest != null) largest[block] = max;
    }

    /// <summary>What this block of queries writes, what the next one reads, and as many keys and values of the head that comes next.</summary>
    private void PrefetchFor(int block, int first, int rows)
    {
        (int batch, int head) = Math.DivRem(block, shape.Heads);
        long token = (long)batch * shape.QueryLength + first;
        AttentionTiles.Prefetch(rows, shape.ValueSize, output + (token * shape.Heads + head) * shape.ValueSize, (long)shape.Heads * shape.ValueSize);
        PairAttentionTiles.Prefetch<TSource>(Math.Min(QueryRows, shape.QueryLength - first - rows), shape.QkSize, q, (token + rows) * shape.QueryStride + head * shape.QkSize, shape.QueryStride);
        if (block + 1 == shape.Batch * shape.Heads || first + rows > shape.KeyLength) return;
        (batch, head) = Math.DivRem(block + 1, shape.Heads);
        int kvHead = head / (shape.Heads / shape.KvHeads);
        token = (long)batch * shape.KeyLength + first;
        PairAttentionTiles.Prefetch<TSource>(rows, shape.QkSize, k, token * shape.KeyStride + kvHead * shape.QkSize, shape.KeyStride);
        PairAttentionTiles.Prefetch<TSource>(rows, shape.ValueSize, v, token * shape.ValueStride + kvHead * shape.ValueSize, shape.ValueStride);
    }

    /// <summary>Makes rounded weights <c>e^(s − m)</c> of a block of scores, with the sums and log-sum-exps before rounding; returns the largest score.</summary>
    private float Softmax<TV>(int first, int rows, in Places at, float* sums, float* saved) where TV : unmanaged, ILanes<TV>
    {
        float largestOfAll = float.NegativeInfinity;
        for (int row = 0; row < rows; row++)
        {
            int visible = AttentionTiles.Visible(shape, first + row), end = tiles.LastVisible(first, rows, row / PairAttentionTiles.Height * PairAttentionTiles.Height);
            float* scores = at.Scores + row * (long)tiles.ScoreStep;
            saved[row] = Rows.Largest<TV>(scores, visible);
            sums[row] = Weights<TV>(scores, (ushort*)(at.Weights + row * (long)tiles.WeightPitch), visible, end + end % 2, saved[row]);
            largestOfAll = Math.Max(largestOfAll, saved[row]);
        }
        for (int row = 0; row < rows; row += TV.Count) (TV.Load(saved + row, rows - row) + TV.Log(TV.Load(sums + row, rows - row))).Store(saved + row, rows - row);
        return largestOfAll;
    }

    /// <summary><c>w = e^(s − max)</c> for visible keys, 0 for the others up to the end and the next whole register; returns the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Weights<TV>(float* scores, ushort* weights, long visible, long end, float max) where TV : unmanaged, ILanes<TV>
    {
        TV sum = TV.All(0), shift = TV.All(max);
        long i = 0;
        for (; i < visible; i += TV.Count)
        {
            TV weight = SimdMath.Exp(TV.Load(scores + i, visible - i, float.NegativeInfinity) - shift);
            sum += weight;
            weight.StoreBfloat16(weights + i, TV.Count);
        }
        for (; i < end; i += TV.Count) TV.All(0).StoreBfloat16(weights + i, TV.Count);
        return TV.Sum(sum);
    }

    private Places Divide(uint* at)
    {
        Places places = default;
        places.Keys = PairAttentionTiles.Take(ref at, tiles.PanelWords(tiles.Qk));
        places.Values = PairAttentionTiles.Take(ref at, (long)tiles.KeyPairs * tiles.Value.Step);
        places.Queries = PairAttentionTiles.Take(ref at, QueryRows * tiles.Qk.Pitch);
        places.Sums = (float*)PairAttentionTiles.Take(ref at, QueryRows * tiles.Value.Step);
        places.Weights = PairAttentionTiles.Take(ref at, QueryRows * (long)tiles.WeightPitch);
        places.Scores = (float*)PairAttentionTiles.Take(ref at, Math.Max(QueryRows * (long)tiles.ScoreStep, PairAttentionTiles.PanelScratch(tiles.Qk)));
        places.End = at;
        return places;
    }

    /// <summary>Where a worker keeps what, in its scratch memory.</summary>
    private struct Places
    {
        public uint* Keys, Values, Queries, Weights, End;
        public float* Sums, Scores;
    }
}
