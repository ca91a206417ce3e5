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
            Transposer.Run(columns, depth, product.B + column * leading + first, leading, panel, width);
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

    /// <summary>Makes rows of A readable as a tile: whole tiles in place, others as a copy filled up with zero rows.</summary>
    /// <param name="product">The product, whose A is not transposed.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows, at most a tile's.</param>
    /// <param name="first">First step of k.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="copy">Room for <see cref="TileLength"/> elements.</param>
    /// <param name="tile">Receives pointer and strides.</param>
    public static void Rows(in Product product, int row, int rows, int first, int depth, float* copy, ref TileOperands tile)
    {
        nint leading = product.LeadingA;
        float* source = product.A + row * leading + first;
        if (rows == TV.TileRows)
        {
            tile.SetRows(source, leading, 1, depth);
            return;
        }
        tile.SetRows(copy, depth, 1, depth);
        for (int r = 0; r < TV.TileRows; r++, source += leading, copy += depth)
        {
            if (r < rows) Unsafe.CopyBlockUnaligned(copy, source, (uint)depth * sizeof(float));
            else Unsafe.InitBlockUnaligned(copy, 0, (uint)depth * sizeof(float));
        }
    }

    /// <summary>Packs rows of a transposed A tile by tile, a tile's rows one after the other in each step, filled up with zero rows to whole tiles.</summary>
    /// <param name="product">The product, whose A is transposed.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="first">First step of k.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="packed">Room for <see cref="TileLength"/> elements a tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransposedRows(in Product product, int row, int rows, int first, int depth, float* packed)
    {
        nint leading = product.LeadingA, tileLength = TileLength(depth);
        float* source = product.A + first * leading + row;
        int whole = rows - rows % TV.TileRows;
        if (whole < rows) new Span<float>(packed + whole / TV.TileRows * tileLength, TV.TileRows * depth).Clear();
        for (int p = 0; p < depth; p++, source += leading, packed += TV.TileRows)
        {
            float* tile = packed;
            for (int r = 0; r < whole; r += TV.TileRows, tile += tileLength) Unsafe.CopyBlockUnaligned(tile, source + r, (uint)(TV.TileRows * sizeof(float)));
            for (int r = whole; r < rows; r++) tile[r - whole] = source[r];
        }
    }

    /// <summary>Elements from one packed tile to the next: such that tiles do not fall on each other's places in the cache.</summary>
    public static int TileLength(int depth) => TV.TileRows * depth + 16;
}
