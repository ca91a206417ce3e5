using System.Runtime.CompilerServices;
using ILGPU;

namespace MiniGrad.Ilgpu.Kernels;

/// <summary>Sizes of attention, and where the operands of one sequence and head begin.</summary>
internal struct AttentionSizes
{
    public int QueryLength, KeyLength, Heads, KvHeads, QkSize, ValueSize, QueryStride, KeyStride, ValueStride, Causal, QueryOffset;
    public float Scale;

    /// <summary>Whether a query sees a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Sees(AttentionSizes s, int query, int key) => query < s.QueryLength && key < s.KeyLength && (s.Causal == 0 || key <= query + s.QueryOffset);

    /// <summary>One head's queries (or their gradients) of one sequence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Factor Queries(AttentionSizes s, ArrayView<float> data, int sequence, int head) =>
        new() { Data = data, Start = (sequence * s.QueryLength * s.QueryStride) + (head * s.QkSize), Rows = s.QueryLength, RowStride = s.QueryStride, DepthStride = 1 };

    /// <summary>One head's keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Factor Keys(AttentionSizes s, ArrayView<float> data, int sequence, int kvHead) =>
        new() { Data = data, Start = (sequence * s.KeyLength * s.KeyStride) + (kvHead * s.QkSize), Rows = s.KeyLength, RowStride = s.KeyStride, DepthStride = 1 };

    /// <summary>One head's values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Factor Values(AttentionSizes s, ArrayView<float> data, int sequence, int kvHead) =>
        new() { Data = data, Start = (sequence * s.KeyLength * s.ValueStride) + (kvHead * s.ValueSize), Rows = s.KeyLength, RowStride = s.ValueStride, DepthStride = 1 };

    /// <summary>One head's outputs, contiguous (B, Tq, Heads, ValueSize).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Factor Outputs(AttentionSizes s, ArrayView<float> data, int sequence, int head) =>
        new() { Data = data, Start = ((sequence * s.QueryLength * s.Heads) + head) * s.ValueSize, Rows = s.QueryLength, RowStride = s.Heads * s.ValueSize, DepthStride = 1 };
}

/// <summary>A tile of weights in shared memory, and its product with the vectors of the tile's columns.</summary>
internal static class AttentionTiles
{
    /// <summary>A tile of scores, stored for all threads of the group: what one thread made of four rows and columns each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int side, ArrayView<float> weights, Tile t)
    {
        int row = Group.IdxY;
        StoreRow(side, weights, row, t.C00, t.C01, t.C02, t.C03);
        StoreRow(side, weights, row + side, t.C10, t.C11, t.C12, t.C13);
        StoreRow(side, weights, row + (2 * side), t.C20, t.C21, t.C22, t.C23);
        StoreRow(side, weights, row + (3 * side), t.C30, t.C31, t.C32, t.C33);
    }

    /// <summary>Where a weight lies; rows are one element apart from the banks' width, so that columns can be walked, too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int At(int side, int row, int column) => (row * ((4 * side) + 1)) + column;

    /// <summary>
    /// <c>sum[i, c] += Σ_j weights[i, j]·x[first + j, c]</c>: the vectors x (one row a token) of the tile's columns, each
    /// weighted. Begins after a barrier, ends with one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tile AddWeighted(int side, ArrayView<float> shared, ArrayView<float> weights, Tile sum, Factor x, int size, int column0, int first)
    {
        int width = 4 * side, tokens = x.Rows;
        // Walked along its vectors, x has a row for each of their entries and a token for each step of depth.
        var turned = new Factor { Data = x.Data, Start = x.Start, Rows = size, RowStride = 1, DepthStride = x.RowStride };
        for (int p0 = 0; p0 < width && first + p0 < tokens; p0 += TiledProduct.Depth)
        {
            TiledProduct.Load(side, shared, 0, turned, column0, first + p0, tokens);
            Group.Barrier();
            for (int p = 0; p < TiledProduct.Depth; p++)
            {
                int a = At(side, Group.IdxY, p0 + p), b = (p * width) + Group.IdxX, step = side * (width + 1);
                sum = Tile.AddOuter(
                    sum,
                    weights[a],
                    weights[a + step],
                    weights[a + (2 * step)],
                    weights[a + (3 * step)],
                    shared[b],
                    shared[b + side],
                    shared[b + (2 * side)],
                    shared[b + (3 * side)]);
            }
            Group.Barrier();
        }
        return sum;
    }

    /// <summary>Stores a tile of vectors, (+)=.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreVectors(int side, Tile t, Factor to, int size, int row0, int column0, int accumulate)
    {
        int row = row0 + Group.IdxY;
        StoreVector(side, to, size, row, column0, accumulate, t.C00, t.C01, t.C02, t.C03);
        StoreVector(side, to, size, row + side, column0, accumulate, t.C10, t.C11, t.C12, t.C13);
        StoreVector(side, to, size, row + (2 * side), column0, accumulate, t.C20, t.C21, t.C22, t.C23);
        StoreVector(side, to, size, row + (3 * side), column0, accumulate, t.C30, t.C31, t.C32, t.C33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(int side, ArrayView<float> weights, int row, float c0, float c1, float c2, float c3)
    {
        int at = At(side, row, Group.IdxX);
        weights[at] = c0;
        weights[at + side] = c1;
        weights[at + (2 * side)] = c2;
        weights[at + (3 * side)] = c3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreVector(int side, Factor to, int size, int row, int column0, int accumulate, float c0, float c1, float c2, float c3)
    {
        if (row >= to.Rows) return;
        int column = column0 + Group.IdxX, at = to.Start + (row * to.RowStride);
        StoreOne(to.Data, at, column, size, accumulate, c0);
        StoreOne(to.Data, at, column + side, size, accumulate, c1);
        StoreOne(to.Data, at, column + (2 * side), size, accumulate, c2);
        StoreOne(to.Data, at, column + (3 * side), size, accumulate, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreOne(ArrayView<float> to, int at, int column, int size, int accumulate, float value)
    {
        if (column >= size) return;
        if (accumulate != 0) value += to[at + column];
        to[at + column] = value;
    }
}
