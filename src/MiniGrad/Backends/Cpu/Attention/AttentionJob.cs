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
    public readonly long ScratchSize => AttentionTiles.Up(_keyPanels, 16) + tiles.Keys * tiles.ValueStep + QueryRows * (tiles.QkStep + tiles.ValueStep + tiles.ScoreStep);

    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (int batch, int head) = Math.DivRem(block, shape.Heads);
        int kvHead = head / (shape.Heads / shape.KvHeads);
        float* keys = scratch + worker * ScratchSize, values = keys + AttentionTiles.Up(_keyPanels, 16), queries = values + tiles.Keys * tiles.ValueStep;
        float* sums = queries + QueryRows * tiles.QkStep, scores = sums + QueryRows * tiles.ValueStep;
        tiles.PackTransposed(shape.KeyLength, shape.QkSize, k + (long)batch * shape.KeyLength * shape.KeyStride + kvHead * shape.QkSize, shape.KeyStride, keys);
        AttentionTiles.CopyRows<TV>(shape.KeyLength, shape.ValueSize, 1, v + (long)batch * shape.KeyLength * shape.ValueStride + kvHead * shape.ValueSize, shape.ValueStride, values, tiles.ValueStep);

        float max = float.NegativeInfinity;
        for (int first = 0; first < shape.QueryLength; first += QueryRows)
        {
            int rows = Math.Min(QueryRows, shape.QueryLength - first);
            long token = (long)batch * shape.QueryLength + first;
            AttentionTiles.CopyRows<TV>(rows, shape.QkSize, (float)shape.Scale, q + token * shape.QueryStride + head * shape.QkSize, shape.QueryStride, queries, tiles.QkStep);
            tiles.Scores<TV>(shape, first, rows, shape.QkSize, queries, tiles.QkStep, keys, scores);
            float* saved = logSumExp + (long)block * shape.QueryLength + first;
            max = Math.Max(max, Softmax<TV>(first, rows, scores, saved));
            tiles.Combine<TV>(shape, first, rows, scores, values, tiles.ValueStep, sums);
            AttentionTiles.WriteRows<TV>(rows, shape.ValueSize, 1, sums, tiles.ValueStep, output + (token * shape.Heads + head) * shape.ValueSize, (long)shape.Heads * shape.ValueSize, false);
        }
        if (largest != null) largest[block] = max;
    }

    /// <summary>Softmax of a block of scores over the visible keys, 0 beyond them; returns the largest score.</summary>
    private readonly float Softmax<TV>(int first, int rows, float* scores, float* saved) where TV : unmanaged, ILanes<TV>
    {
        float largestOfAll = float.NegativeInfinity;
        for (int row = 0; row < rows; row++)
        {
            float* weights = scores + row * tiles.ScoreStep;
            int visible = AttentionTiles.Visible(shape, first + row), end = AttentionTiles.LastVisible(shape, first, rows, row / Tile.Height * Tile.Height);
            float max = Rows.Largest<TV>(weights, visible), sum = Rows.Exp<TV>(weights, weights, visible, max);
            Rows.Scale<TV>(weights, visible, 1 / sum);
            new Span<float>(weights + visible, end - visible).Clear();
            saved[row] = (float)(max + Math.Log(sum));
            largestOfAll = Math.Max(largestOfAll, max);
        }
        return largestOfAll;
    }
}
