using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>
/// Attention, one (sequence, head) a block: keys and values are copied into panels once, then a few queries at a time take
/// their scores, softmax and weighted sum of values while these are in the cache. Tiles beyond the diagonal are skipped.
/// </summary>
internal unsafe struct AttentionJob(AttentionShape shape, AttentionTiles tiles, float* q, float* k, float* v, float* output, float* logSumExp, float* largest, float* scratch) : ISimdJob
{
    /// <summary>Queries at a time.</summary>
    public const int QueryRows = 24;

    private readonly long _keyPanels = (long)tiles.PanelCount * tiles.Panel * shape.QkSize;

    /// <summary>Scratch elements that one worker needs.</summary>
    public readonly long ScratchSize => AttentionTiles.Up(_keyPanels, 16) + tiles.Keys * tiles.ValueStep + QueryRows * (tiles.QkStep + tiles.ValueStep + tiles.ScoreStep) + 32;

    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (int batch, int head) = Math.DivRem(block, shape.Heads);
        int kvHead = head / (shape.Heads / shape.KvHeads);
        float* keys = scratch + worker * ScratchSize, values = keys + AttentionTiles.Up(_keyPanels, 16), queries = values + tiles.Keys * tiles.ValueStep;
        float* sums = queries + QueryRows * tiles.QkStep, scores = sums + QueryRows * tiles.ValueStep;
        float* sumsOfWeights = scores + QueryRows * tiles.ScoreStep;
        tiles.PackTransposed(shape.KeyLength, shape.QkSize, k + (long)batch * shape.KeyLength * shape.KeyStride + kvHead * shape.QkSize, shape.KeyStride, keys);
        AttentionTiles.CopyRows<TV>(shape.KeyLength, shape.ValueSize, 1, v + (long)batch * shape.KeyLength * shape.ValueStride + kvHead * shape.ValueSize, shape.ValueStride, values, tiles.ValueStep);

        float max = float.NegativeInfinity;
        for (int first = 0; first < shape.QueryLength; first += QueryRows)
        {
            int rows = Math.Min(QueryRows, shape.QueryLength - first);
            long token = (long)batch * shape.QueryLength + first;
            PrefetchFor(block, first, rows);
            AttentionTiles.CopyRows<TV>(rows, shape.QkSize, (float)shape.Scale, q + token * shape.QueryStride + head * shape.QkSize, shape.QueryStride, queries, tiles.QkStep);
            tiles.Scores<TV>(shape, first, rows, shape.QkSize, queries, tiles.QkStep, keys, scores);
            max = Math.Max(max, Softmax<TV>(first, rows, scores, sumsOfWeights, logSumExp + (long)block * shape.QueryLength + first));
            tiles.Combine<TV>(shape, first, rows, scores, values, tiles.ValueStep, sums);
            float* to = output + (token * shape.Heads + head) * shape.ValueSize;
            for (int row = 0; row < rows; row++, to += (long)shape.Heads * shape.ValueSize)
            {
                float sum = sumsOfWeights[row];
                AttentionTiles.WriteRows<TV>(1, shape.ValueSize, sum == 0 ? 0 : 1 / sum, sums + row * tiles.ValueStep, 0, to, 0, false);
            }
        }
        if (largest != null) largest[block] = max;
    }

    /// <summary>What this block of queries writes, what the next one reads, and as many keys and values of the head that comes next.</summary>
    private readonly void PrefetchFor(int block, int first, int rows)
    {
        (int batch, int head) = Math.DivRem(block, shape.Heads);
        long token = (long)batch * shape.QueryLength + first;
        AttentionTiles.Prefetch(rows, shape.ValueSize, output + (token * shape.Heads + head) * shape.ValueSize, (long)shape.Heads * shape.ValueSize);
        AttentionTiles.Prefetch(Math.Min(QueryRows, shape.QueryLength - first - rows), shape.QkSize, q + (token + rows) * shape.QueryStride + head * shape.QkSize, shape.QueryStride);
        if (block + 1 == shape.Batch * shape.Heads || first + rows > shape.KeyLength) return;
        (batch, head) = Math.DivRem(block + 1, shape.Heads);
        int kvHead = head / (shape.Heads / shape.KvHeads);
        token = (long)batch * shape.KeyLength + first;
        AttentionTiles.Prefetch(rows, shape.QkSize, k + token * shape.KeyStride + kvHead * shape.QkSize, shape.KeyStride);
        AttentionTiles.Prefetch(rows, shape.ValueSize, v + token * shape.ValueStride + kvHead * shape.ValueSize, shape.ValueStride);
    }

    /// <summary>Turns a block of scores into weights <c>e^(s − m)</c>, with their sums and log-sum-exps; returns the largest score.</summary>
    private readonly float Softmax<TV>(int first, int rows, float* scores, float* sums, float* saved) where TV : unmanaged, ILanes<TV>
    {
        float largestOfAll = float.NegativeInfinity;
        for (int row = 0; row < rows; row++)
        {
            int visible = AttentionTiles.Visible(shape, first + row), end = AttentionTiles.LastVisible(shape, first, rows, row / Tile.Height * Tile.Height);
            saved[row] = Rows.Largest<TV>(scores + row * tiles.ScoreStep, visible);
            sums[row] = Weights<TV>(scores + row * tiles.ScoreStep, visible, end, saved[row]);
            largestOfAll = Math.Max(largestOfAll, saved[row]);
        }
        for (int row = 0; row < rows; row += TV.Count) (TV.Load(saved + row, rows - row) + TV.Log(TV.Load(sums + row, rows - row))).Store(saved + row, rows - row);
        return largestOfAll;
    }

    /// <summary><c>s = e^(s − max)</c> for visible keys, 0 for the others up to the end and the next whole register; returns the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Weights<TV>(float* scores, long visible, long end, float max) where TV : unmanaged, ILanes<TV>
    {
        TV sum = TV.All(0), shift = TV.All(max);
        long i = 0;
        for (; i < visible; i += TV.Count)
        {
            TV weight = SimdMath.Exp(TV.Load(scores + i, visible - i, float.NegativeInfinity) - shift);
            sum += weight;
            weight.Store(scores + i);
        }
        for (; i < end; i += TV.Count) TV.All(0).Store(scores + i);
        return TV.Sum(sum);
    }
}
