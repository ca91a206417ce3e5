using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>What one register tile multiplies: rows of A, a packed panel of B, and where the tile of C goes.</summary>
internal unsafe struct TileOperands
{
    /// <summary>First element of A; row r at step p is <c>A[r·RowA + p·StepA]</c>, so A may lie in place or packed.</summary>
    public float* A;

    /// <summary>Elements from one row of A to the next.</summary>
    public nint RowA;

    /// <summary>Elements from one step of A to the next.</summary>
    public nint StepA;

    /// <summary>Panel of B: one strip a step.</summary>
    public float* B;

    /// <summary>First element of the tile of C.</summary>
    public float* C;

    /// <summary>Elements from one row of C to the next.</summary>
    public nint RowC;

    /// <summary>Length of the inner products.</summary>
    public nint Depth;

    /// <summary>Factor of the product.</summary>
    public float Alpha;

    /// <summary>Whether the product is added to C.</summary>
    public bool Add;

    /// <summary>Says where the rows of A are.</summary>
    public void SetRows(float* a, nint rowA, nint stepA, int depth)
    {
        A = a;
        RowA = rowA;
        StepA = stepA;
        Depth = depth;
    }
}

/// <summary>
/// The innermost loops: a tile of C stays in registers while A and B stream by. Every element is the sum of its terms
/// in the order of k, so the shape of the tile does not change a bit of the result.
/// </summary>
internal static unsafe class RegisterTile<TV>
    where TV : unmanaged, ILanes<TV>
{
    private const int FloatsPerLine = 16;

    /// <summary>Multiplies a tile of at most <see cref="ILanes{TSelf}.TileRows"/> rows; rows of A up to the next multiple of 4 must be readable and of C writable.</summary>
    /// <param name="tile">The operands.</param>
    /// <param name="rows">Rows wanted.</param>
    /// <param name="registers">Width of the tile in registers, 1 to 3.</param>
    /// <param name="panelRegisters">Width of the panel in registers; the tile takes as many as it needs of each strip, from <see cref="TileOperands.B"/> on.</param>
    /// <param name="halfEmpty">Whether no more than half of the last register is wanted.</param>
    public static void Multiply(in TileOperands tile, int rows, int registers, int panelRegisters, bool halfEmpty = false)
    {
        if (TV.TileRows == 8 && rows > 4)
        {
            if (registers == 3) EightRows<Strip3<TV>, Strip3<TV>>(tile);
            else if (halfEmpty && TV.Count == Lanes16.Count && registers == 2 && panelRegisters == 2) EightRows<Strip1Half, Strip2<TV>>(tile);
            else if (registers == 2 && panelRegisters == 2) EightRows<Strip2<TV>, Strip2<TV>>(tile);
            else if (registers == 2) EightRows<Strip2<TV>, Strip3<TV>>(tile);
            else if (panelRegisters == 1) EightRows<Strip1<TV>, Strip1<TV>>(tile);
            else if (panelRegisters == 2) EightRows<Strip1<TV>, Strip2<TV>>(tile);
            else EightRows<Strip1<TV>, Strip3<TV>>(tile);
        }
        else
        {
            if (registers == 3) FourRows<Strip3<TV>, Strip3<TV>>(tile);
            else if (registers == 2 && panelRegisters == 2) FourRows<Strip2<TV>, Strip2<TV>>(tile);
            else if (registers == 2) FourRows<Strip2<TV>, Strip3<TV>>(tile);
            else if (panelRegisters == 1) FourRows<Strip1<TV>, Strip1<TV>>(tile);
            else if (panelRegisters == 2) FourRows<Strip1<TV>, Strip2<TV>>(tile);
            else FourRows<Strip1<TV>, Strip3<TV>>(tile);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightRows<TStrip, TPanel>(in TileOperands tile)
        where TStrip : unmanaged, IStrip<TStrip>
        where TPanel : unmanaged, IStrip<TPanel>
    {
        TStrip c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        nint row = tile.RowA, step = tile.StepA, p = 0;
        float* a0 = tile.A, a1 = a0 + row, a2 = a1 + row, a3 = a2 + row, a4 = a3 + row, a5 = a4 + row, a6 = a5 + row, a7 = a6 + row;
        float* b = tile.B;
        Fetch<TStrip>(tile.C, tile.RowC, 8);
        for (nint left = tile.Depth; left > 0; left--)
        {
            TStrip strip = TStrip.Load(b);
            c0 = TStrip.MultiplyAdd(a0 + p, strip, c0);
            c1 = TStrip.MultiplyAdd(a1 + p, strip, c1);
            c2 = TStrip.MultiplyAdd(a2 + p, strip, c2);
            c3 = TStrip.MultiplyAdd(a3 + p, strip, c3);
            c4 = TStrip.MultiplyAdd(a4 + p, strip, c4);
            c5 = TStrip.MultiplyAdd(a5 + p, strip, c5);
            c6 = TStrip.MultiplyAdd(a6 + p, strip, c6);
            c7 = TStrip.MultiplyAdd(a7 + p, strip, c7);
            p += step;
            b += TPanel.Width;
        }
        float* c = tile.C;
        row = tile.RowC;
        float alpha = tile.Alpha;
        if (tile.Add)
        {
            TStrip.Add(c0, alpha, c);
            TStrip.Add(c1, alpha, c += row);
            TStrip.Add(c2, alpha, c += row);
            TStrip.Add(c3, alpha, c += row);
            TStrip.Add(c4, alpha, c += row);
            TStrip.Add(c5, alpha, c += row);
            TStrip.Add(c6, alpha, c += row);
            TStrip.Add(c7, alpha, c += row);
        }
        else
        {
            TStrip.Store(c0, alpha, c);
            TStrip.Store(c1, alpha, c += row);
            TStrip.Store(c2, alpha, c += row);
            TStrip.Store(c3, alpha, c += row);
            TStrip.Store(c4, alpha, c += row);
            TStrip.Store(c5, alpha, c += row);
            TStrip.Store(c6, alpha, c += row);
            TStrip.Store(c7, alpha, c += row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows<TStrip, TPanel>(in TileOperands tile)
        where TStrip : unmanaged, IStrip<TStrip>
        where TPanel : unmanaged, IStrip<TPanel>
    {
        TStrip c0 = default, c1 = default, c2 = default, c3 = default;
        nint row = tile.RowA, step = tile.StepA, p = 0;
        float* a0 = tile.A, a1 = a0 + row, a2 = a1 + row, a3 = a2 + row;
        float* b = tile.B;
        Fetch<TStrip>(tile.C, tile.RowC, 4);
        for (nint left = tile.Depth; left > 0; left--)
        {
            TStrip strip = TStrip.Load(b);
            c0 = TStrip.MultiplyAdd(a0 + p, strip, c0);
            c1 = TStrip.MultiplyAdd(a1 + p, strip, c1);
            c2 = TStrip.MultiplyAdd(a2 + p, strip, c2);
            c3 = TStrip.MultiplyAdd(a3 + p, strip, c3);
            p += step;
            b += TPanel.Width;
        }
        float* c = tile.C;
        row = tile.RowC;
        float alpha = tile.Alpha;
        if (tile.Add)
        {
            TStrip.Add(c0, alpha, c);
            TStrip.Add(c1, alpha, c += row);
            TStrip.Add(c2, alpha, c += row);
            TStrip.Add(c3, alpha, c += row);
        }
        else
        {
            TStrip.Store(c0, alpha, c);
            TStrip.Store(c1, alpha, c += row);
            TStrip.Store(c2, alpha, c += row);
            TStrip.Store(c3, alpha, c += row);
        }
    }

    // C lies in a far cache, and its lines arrive while the tile is multiplied.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch<TStrip>(float* c, nint row, int rows)
        where TStrip : unmanaged, IStrip<TStrip>
    {
        if (!Sse.IsSupported) return;
        for (int r = 0; r < rows; r++, c += row)
        {
            for (int x = 0; x < TStrip.Width; x += FloatsPerLine) Sse.Prefetch0(c + x);
        }
    }
}
