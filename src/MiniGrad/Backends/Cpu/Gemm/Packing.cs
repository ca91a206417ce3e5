using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>Copies operands into the order in which the register tiles read them.</summary>
internal static unsafe class Packing<TV>
    where TV : unmanaged, ILanes<TV>
{
    /// <summary>Packs columns of op(B) as one strip a step, the last register of a strip filled up with zeros.</summary>
    /// <param name="product">The product.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="first">First step of k.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="panel">Where to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(in Product product, int column, int columns, int first, int depth, float* panel)
    {
        int width = Blocking.Pieces(columns, TV.Count) * TV.Count;
        nint leading = product.LeadingB;
        if (product.TransposeB)
        {
            Transpose.Copy(product.B + column * leading + first, leading, columns, depth, panel, width);
            if (columns == width) return;
            for (nint p = 0; p < depth; p++)
            {
                for (int x = columns; x < width; x++) panel[p * width + x] = 0;
            }
            return;
        }
        float* source = product.B + first * leading + column;
        if (columns == 3 * TV.Count)
        {
            for (int p = 0; p < depth; p++, source += leading, panel += width)
            {
                TV.Load(source).Store(panel);
                TV.Load(source + TV.Count).Store(panel + TV.Count);
                TV.Load(source + 2 * TV.Count).Store(panel + 2 * TV.Count);
            }
            return;
        }
        for (int p = 0; p < depth; p++, source += leading, panel += width)
        {
            for (int x = 0; x < columns; x += TV.Count) TV.Load(source + x, columns - x).Store(panel + x);
        }
    }

    /// <summary>
    /// Makes rows of op(A) readable as a tile: in place where they lie well, otherwise as a copy, filled up with zero
    /// rows to a whole tile.
    /// </summary>
    /// <param name="product">The product.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows, at most a tile's.</param>
    /// <param name="first">First step of k.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="copy">Room for a copy: a tile's rows of <see cref="CopyLeading"/> elements.</param>
    /// <param name="tile">Receives pointer and strides.</param>
    public static void Rows(in Product product, int row, int rows, int first, int depth, float* copy, ref TileOperands tile)
    {
        nint leading = product.LeadingA;
        if (product.TransposeA)
        {
            tile.SetRows(copy, 1, TV.TileRows, depth);
            RowsOfTransposed(product.A + first * leading + row, leading, rows, depth, copy);
            return;
        }
        float* source = product.A + row * leading + first;
        if (rows == TV.TileRows && !RowsCollide(leading))
        {
            tile.SetRows(source, leading, 1, depth);
            return;
        }
        nint copyLeading = CopyLeading(depth);
        tile.SetRows(copy, copyLeading, 1, depth);
        for (int r = 0; r < TV.TileRows; r++, source += leading, copy += copyLeading)
        {
            if (r < rows) Unsafe.CopyBlockUnaligned(copy, source, (uint)depth * sizeof(float));
            else Unsafe.InitBlockUnaligned(copy, 0, (uint)depth * sizeof(float));
        }
    }

    /// <summary>Elements between copied rows: such that rows do not fall on each other's places in the cache.</summary>
    public static int CopyLeading(int depth) => Blocking.Pieces(depth, 64) * 64 + 16;

    /// <summary>Whether rows so far apart compete for few places in the first-level cache (multiples of 1 KiB do).</summary>
    private static bool RowsCollide(nint leading) => leading % 256 == 0 && leading >= 512;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowsOfTransposed(float* source, nint leading, int rows, int depth, float* copy)
    {
        uint bytes = (uint)(TV.TileRows * sizeof(float));
        if (rows == TV.TileRows)
        {
            for (int p = 0; p < depth; p++, source += leading, copy += TV.TileRows) Unsafe.CopyBlockUnaligned(copy, source, bytes);
            return;
        }
        for (int p = 0; p < depth; p++, source += leading, copy += TV.TileRows)
        {
            for (int r = 0; r < TV.TileRows; r++) copy[r] = r < rows ? source[r] : 0;
        }
    }
}
