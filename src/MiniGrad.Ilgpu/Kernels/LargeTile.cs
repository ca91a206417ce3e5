using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace MiniGrad.Ilgpu.Kernels;

/// <summary>Four numbers side by side, read and written at once where they begin at a multiple of 16 bytes.</summary>
internal struct Four
{
    public float X, Y, Z, W;

    /// <summary>t + a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four AddScaled(Four t, float a, Four b)
    {
        t.X += a * b.X;
        t.Y += a * b.Y;
        t.Z += a * b.Z;
        t.W += a * b.W;
        return t;
    }
}

/// <summary>A thread's 8×8 results: eight rows of two fours. Fields, because ILGPU would keep an array in (slow) local memory.</summary>
internal struct LargeTile
{
    public Four L0, H0, L1, H1, L2, H2, L3, H3, L4, H4, L5, H5, L6, H6, L7, H7;

    /// <summary>The tile plus the outer product of eight numbers and eight others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LargeTile AddOuter(LargeTile t, Four low, Four high, Four left, Four right)
    {
        t.L0 = Four.AddScaled(t.L0, low.X, left);
        t.H0 = Four.AddScaled(t.H0, low.X, right);
        t.L1 = Four.AddScaled(t.L1, low.Y, left);
        t.H1 = Four.AddScaled(t.H1, low.Y, right);
        t.L2 = Four.AddScaled(t.L2, low.Z, left);
        t.H2 = Four.AddScaled(t.H2, low.Z, right);
        t.L3 = Four.AddScaled(t.L3, low.W, left);
        t.H3 = Four.AddScaled(t.H3, low.W, right);
        t.L4 = Four.AddScaled(t.L4, high.X, left);
        t.H4 = Four.AddScaled(t.H4, high.X, right);
        t.L5 = Four.AddScaled(t.L5, high.Y, left);
        t.H5 = Four.AddScaled(t.H5, high.Y, right);
        t.L6 = Four.AddScaled(t.L6, high.Z, left);
        t.H6 = Four.AddScaled(t.H6, high.Z, right);
        t.L7 = Four.AddScaled(t.L7, high.W, left);
        t.H7 = Four.AddScaled(t.H7, high.W, right);
        return t;
    }
}

/// <summary>
/// Products of tiles of 128×128 by a group of 16×16 threads, of which each makes 8×8 results: rows 4y to 4y+3 and 64 more, columns likewise. While one
/// stage of the inner products is multiplied from shared memory, the next is on its way from global memory to registers.
/// </summary>
internal static class LargeTiledProduct
{
    /// <summary>Side of a tile.</summary>
    public const int Width = 128;

    /// <summary>Elements of shared memory that a group needs.</summary>
    public const int SharedLength = 2 * Stage;

    // A row of shared memory holds one depth of a tile. Four elements more than the tile is wide, so that the two halves of a warp, which store at depths
    // that are 4 apart, fall on different banks.
    private const int Depth = 8, Row = Width + 4, Operand = Depth * Row, Stage = 2 * Operand;

    /// <summary><c>Σ_p left[row0 + i, p]·right[column0 + j, p]</c> for a tile, summed in the order of p.</summary>
    /// <param name="shared">Shared memory of <see cref="SharedLength"/> elements.</param>
    /// <param name="left">Rows of the result.</param>
    /// <param name="row0">First row.</param>
    /// <param name="right">Columns of the result.</param>
    /// <param name="column0">First column.</param>
    /// <param name="depth">Length of the inner products.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LargeTile Multiply(ArrayView<float> shared, Factor left, int row0, Factor right, int column0, int depth)
    {
        ArrayView<Four> fours = shared.AsAligned(16).Cast<Four>();
        LargeTile tile = default;
        Store(shared, 0, left, Load(left, row0, 0, depth));
        Store(shared, Operand, right, Load(right, column0, 0, depth));
        Group.Barrier();
        int stage = 0;
        for (int p0 = 0; p0 < depth; p0 += Depth)
        {
            // Beyond the end these are zeros that nobody multiplies.
            Four nextLeft = Load(left, row0, p0 + Depth, depth), nextRight = Load(right, column0, p0 + Depth, depth);
            int a = (stage / 4) + Group.IdxY, b = ((stage + Operand) / 4) + Group.IdxX;
            for (int p = 0; p < Depth; p++)
            {
                tile = LargeTile.AddOuter(tile, fours[a], fours[a + (Width / 8)], fours[b], fours[b + (Width / 8)]);
                a += Row / 4;
                b += Row / 4;
            }
            stage = Stage - stage;
            Store(shared, stage, left, nextLeft);
            Store(shared, stage + Operand, right, nextRight);
            Group.Barrier();
        }
        return tile;
    }

    /// <summary>This thread's four elements of a stage: along the unit stride of the operand; what lies outside is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Four Load(Factor from, int row0, int p0, int depth)
    {
        int thread = (Group.IdxY * 16) + Group.IdxX;
        bool alongRows = from.RowStride == 1;
        int row = row0 + (alongRows ? thread % 32 * 4 : thread / 2), p = p0 + (alongRows ? thread / 32 : thread % 2 * 4);
        int at = from.Start + (row * from.RowStride) + (p * from.DepthStride), step = alongRows ? 1 : from.DepthStride;
        int inside = alongRows ? (p < depth ? from.Rows - row : 0) : (row < from.Rows ? depth - p : 0);
        Four four = default;
        if (inside >= 4 && from.Fours != 0)
        {
            four = from.Data.AsAligned(16).Cast<Four>()[at / 4];
        }
        else
        {
            if (inside > 0) four.X = from.Data[at];
            if (inside > 1) four.Y = from.Data[at + step];
            if (inside > 2) four.Z = from.Data[at + (2 * step)];
            if (inside > 3) four.W = from.Data[at + (3 * step)];
        }
        if (from.Rounds == 0) return four;
        four.X = Functions.Bfloat16(four.X);
        four.Y = Functions.Bfloat16(four.Y);
        four.Z = Functions.Bfloat16(four.Z);
        four.W = Functions.Bfloat16(four.W);
        return four;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ArrayView<float> shared, int start, Factor from, Four four)
    {
        int thread = (Group.IdxY * 16) + Group.IdxX;
        if (from.RowStride == 1)
        {
            shared.AsAligned(16).Cast<Four>()[(start / 4) + (thread / 32 * (Row / 4)) + (thread % 32)] = four;
            return;
        }
        int at = start + (thread % 2 * 4 * Row) + (thread / 2);
        shared[at] = four.X;
        shared[at + Row] = four.Y;
        shared[at + (2 * Row)] = four.Z;
        shared[at + (3 * Row)] = four.W;
    }
}
