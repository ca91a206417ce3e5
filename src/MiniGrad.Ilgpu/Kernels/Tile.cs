using System.Runtime.CompilerServices;
using ILGPU;

namespace MiniGrad.Ilgpu.Kernels;

/// <summary>A thread's 4×4 results. Sixteen scalars, because an array would be kept in (slow) local memory: ILGPU unrolls no loops.</summary>
internal struct Tile
{
    public float C00, C01, C02, C03, C10, C11, C12, C13, C20, C21, C22, C23, C30, C31, C32, C33;

    /// <summary>The tile plus the outer product of four numbers and four others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tile AddOuter(Tile t, float a0, float a1, float a2, float a3, float b0, float b1, float b2, float b3)
    {
        t.C00 += a0 * b0;
        t.C01 += a0 * b1;
        t.C02 += a0 * b2;
        t.C03 += a0 * b3;
        t.C10 += a1 * b0;
        t.C11 += a1 * b1;
        t.C12 += a1 * b2;
        t.C13 += a1 * b3;
        t.C20 += a2 * b0;
        t.C21 += a2 * b1;
        t.C22 += a2 * b2;
        t.C23 += a2 * b3;
        t.C30 += a3 * b0;
        t.C31 += a3 * b1;
        t.C32 += a3 * b2;
        t.C33 += a3 * b3;
        return t;
    }
}

/// <summary>A matrix as a tiled product reads it: entry (i, p) of rows i and depth p.</summary>
internal struct Factor
{
    public ArrayView<float> Data;

    /// <summary>Element of entry (0, 0).</summary>
    public int Start;

    /// <summary>How many rows there are.</summary>
    public int Rows;

    /// <summary>Elements between rows.</summary>
    public int RowStride;

    /// <summary>Elements between entries of a row.</summary>
    public int DepthStride;

    /// <summary>Whether four elements along the unit stride begin at a multiple of 16 bytes when the first is a multiple of four from (0, 0).</summary>
    public int Fours;

    /// <summary>Whether what is read is rounded to bfloat16.</summary>
    public int Rounds;
}

/// <summary>
/// Products of tiles by a group of S×S threads, of which each makes 4×4 results: rows y, y+S, y+2S, y+3S and columns
/// likewise, so that neighbours touch neighbouring memory.
/// </summary>
internal static class TiledProduct
{
    /// <summary>How many entries of the inner products lie in shared memory at a time.</summary>
    public const int Depth = 16;

    /// <summary>
    /// <c>Σ_p left[row0 + i, p]·right[column0 + j, p]</c> for a tile of 4S×4S, summed in the order of p. Ends with a barrier.
    /// </summary>
    /// <param name="side">S, a constant.</param>
    /// <param name="shared">Shared memory of <c>2·Depth·4S</c> elements.</param>
    /// <param name="left">Rows of the result.</param>
    /// <param name="row0">First row.</param>
    /// <param name="right">Columns of the result.</param>
    /// <param name="column0">First column.</param>
    /// <param name="depth">Length of the inner products.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tile Multiply(int side, ArrayView<float> shared, Factor left, int row0, Factor right, int column0, int depth)
    {
        int width = 4 * side, half = Depth * width;
        Tile tile = default;
        for (int p0 = 0; p0 < depth; p0 += Depth)
        {
            Load(side, shared, 0, left, row0, p0, depth);
            Load(side, shared, half, right, column0, p0, depth);
            Group.Barrier();
            for (int p = 0; p < Depth; p++)
            {
                int a = (p * width) + Group.IdxY, b = half + (p * width) + Group.IdxX;
                tile = Tile.AddOuter(
                    tile,
                    shared[a],
                    shared[a + side],
                    shared[a + (2 * side)],
                    shared[a + (3 * side)],
                    shared[b],
                    shared[b + side],
                    shared[b + (2 * side)],
                    shared[b + (3 * side)]);
            }
            Group.Barrier();
        }
        return tile;
    }

    /// <summary>Copies a tile to shared memory, depth by depth; what lies outside is 0. Neighbours read along the unit stride.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(int side, ArrayView<float> shared, int start, Factor from, int row0, int p0, int depth)
    {
        int width = 4 * side, thread = (Group.IdxY * side) + Group.IdxX;
        bool alongRows = from.RowStride == 1;
        for (int i = thread; i < width * Depth; i += side * side)
        {
            int row = alongRows ? i % width : i / Depth, p = alongRows ? i / width : i % Depth;
            float value = 0;
            if (row0 + row < from.Rows && p0 + p < depth) value = from.Data[from.Start + ((row0 + row) * from.RowStride) + ((p0 + p) * from.DepthStride)];
            shared[start + (p * width) + row] = from.Rounds == 0 ? value : Functions.Bfloat16(value);
        }
    }
}
