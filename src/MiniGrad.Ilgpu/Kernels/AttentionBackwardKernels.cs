using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;

namespace MiniGrad.Ilgpu.Kernels;

internal struct AttentionBackwardArgs
{
    public ArrayView<float> Q, K, V, DOutput, LogSumExp, Delta, DQ, DK, DV;
    public AttentionSizes Sizes;
    public int QueryTiles, KeyTiles, QueryGroups, QkColumns, Accumulate;
}

internal struct DeltaArgs
{
    public ArrayView<float> Output, DOutput, Delta;
    public int Length, Heads, Size;
}

/// <summary>
/// The gradients of attention, with <c>p = e^(scale·qk − logSumExp)</c>, <c>dP = ⟨dO, v⟩</c>, <c>δ = ⟨dO, O⟩</c> and
/// <c>dS = scale·p·(dP − δ)</c>: <c>dQ = Σ_keys dS·k</c>, <c>dK = Σ_queries dS·q</c>, <c>dV = Σ_queries p·dO</c>. A group
/// owns a tile of the gradient and walks over the other side's tiles, so every sum has one owner and a fixed order; the
/// scores are made anew each time.
/// </summary>
internal static class AttentionBackwardKernels
{
    /// <summary>δ, one thread a query and head.</summary>
    public static void Delta(Index1D i, DeltaArgs s)
    {
        int t = i % s.Length, head = i / s.Length % s.Heads, sequence = i / s.Length / s.Heads;
        int first = ((((sequence * s.Length) + t) * s.Heads) + head) * s.Size;
        float sum = 0;
        for (int c = 0; c < s.Size; c++) sum += s.Output[first + c] * s.DOutput[first + c];
        s.Delta[i] = sum;
    }

    /// <summary>
    /// All three: the grid is (sequence, head, tile of queries) and behind those (sequence, key–value head, tile of keys), ×
    /// tile of columns; those of dV lie behind those of dK.
    /// </summary>
    public static void Gradients16(AttentionBackwardArgs s) => Gradients(16, SharedMemory.Allocate<float>(2 * TiledProduct.Depth * 64), SharedMemory.Allocate<float>(64 * 65), s);

    /// <inheritdoc cref="Gradients16"/>
    public static void Gradients4(AttentionBackwardArgs s) => Gradients(4, SharedMemory.Allocate<float>(2 * TiledProduct.Depth * 16), SharedMemory.Allocate<float>(16 * 17), s);

    // A group takes one of the branches as a whole, so that its barriers meet.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradients(int side, ArrayView<float> shared, ArrayView<float> weights, AttentionBackwardArgs s)
    {
        int tile = Grid.IdxX - s.QueryGroups, column = Grid.IdxY - s.QkColumns;
        if (tile >= 0)
        {
            if (column >= 0) ForKeys(side, shared, weights, s, tile, column * 4 * side, true);
            else ForKeys(side, shared, weights, s, tile, Grid.IdxY * 4 * side, false);
        }
        else if (column < 0)
        {
            ForQueries(side, shared, weights, s, Grid.IdxX, Grid.IdxY * 4 * side);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ForQueries(int side, ArrayView<float> shared, ArrayView<float> weights, AttentionBackwardArgs s, int tile, int column0)
    {
        AttentionSizes z = s.Sizes;
        int width = 4 * side, row0 = tile % s.QueryTiles * width;
        int head = tile / s.QueryTiles % z.Heads, sequence = tile / s.QueryTiles / z.Heads, kvHead = head / (z.Heads / z.KvHeads);
        Factor q = AttentionSizes.Queries(z, s.Q, sequence, head), k = AttentionSizes.Keys(z, s.K, sequence, kvHead);
        Factor v = AttentionSizes.Values(z, s.V, sequence, kvHead), dO = AttentionSizes.Outputs(z, s.DOutput, sequence, head);
        int end = z.Causal == 0 ? z.KeyLength : XMath.Min(z.KeyLength, row0 + width + z.QueryOffset);
        int saved = ((sequence * z.Heads) + head) * z.QueryLength;
        Tile sum = default;
        for (int key0 = 0; key0 < end; key0 += width)
        {
            AttentionTiles.Store(side, weights, TiledProduct.Multiply(side, shared, q, row0, k, key0, z.QkSize));
            Tile dP = TiledProduct.Multiply(side, shared, dO, row0, v, key0, z.ValueSize);
            int row = row0 + Group.IdxY, at = AttentionTiles.At(side, Group.IdxY, Group.IdxX), step = side * (width + 1), key = key0 + Group.IdxX;
            ScoreRow(side, weights, at, s, z, saved, row, key, dP.C00, dP.C01, dP.C02, dP.C03);
            ScoreRow(side, weights, at + step, s, z, saved, row + side, key, dP.C10, dP.C11, dP.C12, dP.C13);
            ScoreRow(side, weights, at + (2 * step), s, z, saved, row + (2 * side), key, dP.C20, dP.C21, dP.C22, dP.C23);
            ScoreRow(side, weights, at + (3 * step), s, z, saved, row + (3 * side), key, dP.C30, dP.C31, dP.C32, dP.C33);
            Group.Barrier();
            sum = AttentionTiles.AddWeighted(side, shared, weights, sum, k, z.QkSize, column0, key0);
            Group.Barrier();
        }
        AttentionTiles.StoreVectors(side, sum, AttentionSizes.Queries(z, s.DQ, sequence, head), z.QkSize, row0, column0, s.Accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ForKeys(int side, ArrayView<float> shared, ArrayView<float> weights, AttentionBackwardArgs s, int tile, int column0, bool values)
    {
        AttentionSizes z = s.Sizes;
        int width = 4 * side, row0 = tile % s.KeyTiles * width;
        int kvHead = tile / s.KeyTiles % z.KvHeads, sequence = tile / s.KeyTiles / z.KvHeads, group = z.Heads / z.KvHeads;
        Factor k = AttentionSizes.Keys(z, s.K, sequence, kvHead), v = AttentionSizes.Values(z, s.V, sequence, kvHead);
        int first = z.Causal == 0 ? 0 : XMath.Max(0, row0 - z.QueryOffset) / width * width;
        Tile sum = default;
        for (int head = kvHead * group; head < (kvHead + 1) * group; head++)
        {
            Factor q = AttentionSizes.Queries(z, s.Q, sequence, head), dO = AttentionSizes.Outputs(z, s.DOutput, sequence, head);
            int saved = ((sequence * z.Heads) + head) * z.QueryLength;
            for (int query0 = first; query0 < z.QueryLength; query0 += width)
            {
                AttentionTiles.Store(side, weights, TiledProduct.Multiply(side, shared, k, row0, q, query0, z.QkSize));
                Tile dP = default;
                if (!values) dP = TiledProduct.Multiply(side, shared, v, row0, dO, query0, z.ValueSize);
                int key = row0 + Group.IdxY, at = AttentionTiles.At(side, Group.IdxY, Group.IdxX), step = side * (width + 1), query = query0 + Group.IdxX;
                ScoreColumn(side, weights, at, s, z, saved, key, query, values, dP.C00, dP.C01, dP.C02, dP.C03);
                ScoreColumn(side, weights, at + step, s, z, saved, key + side, query, values, dP.C10, dP.C11, dP.C12, dP.C13);
                ScoreColumn(side, weights, at + (2 * step), s, z, saved, key + (2 * side), query, values, dP.C20, dP.C21, dP.C22, dP.C23);
                ScoreColumn(side, weights, at + (3 * step), s, z, saved, key + (3 * side), query, values, dP.C30, dP.C31, dP.C32, dP.C33);
                Group.Barrier();
                if (values) sum = AttentionTiles.AddWeighted(side, shared, weights, sum, dO, z.ValueSize, column0, query0);
                else sum = AttentionTiles.AddWeighted(side, shared, weights, sum, q, z.QkSize, column0, query0);
                Group.Barrier();
            }
        }
        if (values) AttentionTiles.StoreVectors(side, sum, AttentionSizes.Values(z, s.DV, sequence, kvHead), z.ValueSize, row0, column0, s.Accumulate);
        else AttentionTiles.StoreVectors(side, sum, AttentionSizes.Keys(z, s.DK, sequence, kvHead), z.QkSize, row0, column0, s.Accumulate);
    }

    /// <summary>From scores to dS for one query and four keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScoreRow(int side, ArrayView<float> weights, int at, AttentionBackwardArgs s, AttentionSizes z, int saved, int query, int key, float d0, float d1, float d2, float d3)
    {
        weights[at] = Slope(s, z, saved, query, key, weights[at], d0);
        weights[at + side] = Slope(s, z, saved, query, key + side, weights[at + side], d1);
        weights[at + (2 * side)] = Slope(s, z, saved, query, key + (2 * side), weights[at + (2 * side)], d2);
        weights[at + (3 * side)] = Slope(s, z, saved, query, key + (3 * side), weights[at + (3 * side)], d3);
    }

    /// <summary>From scores to dS, or to p for the values, for one key and four queries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScoreColumn(int side, ArrayView<float> weights, int at, AttentionBackwardArgs s, AttentionSizes z, int saved, int key, int query, bool values, float d0, float d1, float d2, float d3)
    {
        weights[at] = Either(s, z, saved, query, key, values, weights[at], d0);
        weights[at + side] = Either(s, z, saved, query + side, key, values, weights[at + side], d1);
        weights[at + (2 * side)] = Either(s, z, saved, query + (2 * side), key, values, weights[at + (2 * side)], d2);
        weights[at + (3 * side)] = Either(s, z, saved, query + (3 * side), key, values, weights[at + (3 * side)], d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Either(AttentionBackwardArgs s, AttentionSizes z, int saved, int query, int key, bool values, float score, float dP)
    {
        if (!values) return Slope(s, z, saved, query, key, score, dP);
        float p = 0;
        if (AttentionSizes.Sees(z, query, key)) p = XMath.Exp((z.Scale * score) - s.LogSumExp[saved + query]);
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Slope(AttentionBackwardArgs s, AttentionSizes z, int saved, int query, int key, float score, float dP)
    {
        float slope = 0;
        if (AttentionSizes.Sees(z, query, key)) slope = z.Scale * XMath.Exp((z.Scale * score) - s.LogSumExp[saved + query]) * (dP - s.Delta[saved + query]);
        return slope;
    }
}
