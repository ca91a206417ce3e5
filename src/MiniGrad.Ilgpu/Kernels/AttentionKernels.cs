using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;

namespace MiniGrad.Ilgpu.Kernels;

internal struct AttentionArgs
{
    public ArrayView<float> Q, K, V, Output, LogSumExp, RowMax;
    public AttentionSizes Sizes;
    public int Tiles, KeepsMax;
}

internal struct MaxArgs
{
    public ArrayView<float> RowMax, Max;
    public int Batch, Heads, Length;
}

/// <summary>
/// O = softmax(scale·QKᵀ + mask)·V without storing the scores: a group has a tile of queries, walks over the tiles of
/// keys and keeps each query's largest score, sum and weighted values so far (arXiv 2205.14135). The first dimension of
/// the grid is (sequence, head, tile of queries), the second the tile of the values' columns.
/// </summary>
internal static class AttentionKernels
{
    /// <summary>16×16 threads, tiles of 64×64.</summary>
    public static void Attention16(AttentionArgs s) => Run(16, SharedMemory.Allocate<float>(2 * TiledProduct.Depth * 64), SharedMemory.Allocate<float>(64 * 65), SharedMemory.Allocate<float>(3 * 64), s);

    /// <summary>4×4 threads, tiles of 16×16.</summary>
    public static void Attention4(AttentionArgs s) => Run(4, SharedMemory.Allocate<float>(2 * TiledProduct.Depth * 16), SharedMemory.Allocate<float>(16 * 17), SharedMemory.Allocate<float>(3 * 16), s);

    /// <summary>The largest score of a head over the batch: one group a head.</summary>
    public static void MaxOfHead(MaxArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        int head = Grid.IdxX;
        float largest = float.NegativeInfinity;
        for (int i = Group.IdxX; i < s.Batch * s.Length; i += Group.DimX)
        {
            float value = s.RowMax[(((i / s.Length * s.Heads) + head) * s.Length) + (i % s.Length)];
            largest = value > largest ? value : largest;
        }
        largest = GroupReduction.Max(shared, largest);
        if (Group.IdxX == 0) s.Max[head] = largest;
    }

    // stats: the largest score of each row, the factor that the sums so far shrink by, and the sum of its weights.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(int side, ArrayView<float> shared, ArrayView<float> weights, ArrayView<float> stats, AttentionArgs s)
    {
        AttentionSizes z = s.Sizes;
        int width = 4 * side, thread = (Group.IdxY * side) + Group.IdxX;
        int tile = Grid.IdxX % s.Tiles, head = Grid.IdxX / s.Tiles % z.Heads, sequence = Grid.IdxX / s.Tiles / z.Heads;
        int row0 = tile * width, column0 = Grid.IdxY * width, kvHead = head / (z.Heads / z.KvHeads);
        Factor q = AttentionSizes.Queries(z, s.Q, sequence, head), k = AttentionSizes.Keys(z, s.K, sequence, kvHead), v = AttentionSizes.Values(z, s.V, sequence, kvHead);
        int end = z.Causal == 0 ? z.KeyLength : XMath.Min(z.KeyLength, row0 + width + z.QueryOffset);
        if (thread < width)
        {
            stats[thread] = float.NegativeInfinity;
            stats[width + thread] = 0;
            stats[(2 * width) + thread] = 0;
        }
        Group.Barrier();
        Tile sum = default;
        for (int key0 = 0; key0 < end; key0 += width)
        {
            AttentionTiles.Store(side, weights, TiledProduct.Multiply(side, shared, q, row0, k, key0, z.QkSize));
            Group.Barrier();
            if (thread < width) Largest(side, weights, stats, z, row0 + thread, thread, key0);
            Group.Barrier();
            for (int i = thread; i < width * width; i += side * side)
            {
                int row = i / width, at = AttentionTiles.At(side, row, i % width);
                float score = weights[at];
                weights[at] = score == float.NegativeInfinity ? 0 : XMath.Exp(score - stats[row]);
            }
            Group.Barrier();
            if (thread < width) Total(side, weights, stats, thread);
            sum = Shrink(side, sum, stats);
            sum = AttentionTiles.AddWeighted(side, shared, weights, sum, v, z.ValueSize, column0, key0);
            Group.Barrier();
        }
        sum = Divide(side, sum, stats);
        AttentionTiles.StoreVectors(side, sum, AttentionSizes.Outputs(z, s.Output, sequence, head), z.ValueSize, row0, column0, 0);
        if (thread >= width || row0 + thread >= z.QueryLength || Grid.IdxY != 0) return;
        int saved = (((sequence * z.Heads) + head) * z.QueryLength) + row0 + thread;
        s.LogSumExp[saved] = stats[thread] + XMath.Log(stats[(2 * width) + thread]);
        if (s.KeepsMax != 0) s.RowMax[saved] = stats[thread];
    }

    /// <summary>Scales and masks a row of scores and finds the largest so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Largest(int side, ArrayView<float> weights, ArrayView<float> stats, AttentionSizes z, int query, int row, int key0)
    {
        int width = 4 * side;
        float before = stats[row], largest = before;
        for (int c = 0; c < width; c++)
        {
            int at = AttentionTiles.At(side, row, c);
            float score = AttentionSizes.Sees(z, query, key0 + c) ? z.Scale * weights[at] : float.NegativeInfinity;
            weights[at] = score;
            if (score > largest) largest = score;
        }
        stats[row] = largest;
        stats[width + row] = before == float.NegativeInfinity ? 0 : XMath.Exp(before - largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Total(int side, ArrayView<float> weights, ArrayView<float> stats, int row)
    {
        int width = 4 * side;
        float total = 0;
        for (int c = 0; c < width; c++) total += weights[AttentionTiles.At(side, row, c)];
        stats[(2 * width) + row] = (stats[(2 * width) + row] * stats[width + row]) + total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tile Shrink(int side, Tile t, ArrayView<float> stats)
    {
        int at = (4 * side) + Group.IdxY;
        return Scale(t, stats[at], stats[at + side], stats[at + (2 * side)], stats[at + (3 * side)]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tile Divide(int side, Tile t, ArrayView<float> stats)
    {
        int at = (8 * side) + Group.IdxY;
        return Scale(t, Inverse(stats[at]), Inverse(stats[at + side]), Inverse(stats[at + (2 * side)]), Inverse(stats[at + (3 * side)]));
    }

    // A query that sees no key has sum 0 and output 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Inverse(float total) => total == 0 ? 0 : 1 / total;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tile Scale(Tile t, float f0, float f1, float f2, float f3)
    {
        t.C00 *= f0;
        t.C01 *= f0;
        t.C02 *= f0;
        t.C03 *= f0;
        t.C10 *= f1;
        t.C11 *= f1;
        t.C12 *= f1;
        t.C13 *= f1;
        t.C20 *= f2;
        t.C21 *= f2;
        t.C22 *= f2;
        t.C23 *= f2;
        t.C30 *= f3;
        t.C31 *= f3;
        t.C32 *= f3;
        t.C33 *= f3;
        return t;
    }
}
