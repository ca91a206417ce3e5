using System.Runtime.CompilerServices;
using MiniGrad.Backends.Cpu.Assembled;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>Rounds operands to bfloat16 and copies them into the order in which tiles read them, one pair of steps of k after the other.</summary>
internal static unsafe class PairPacking
{
    private const int Lanes = PairTileShape.Lanes, TileRows = PairTileShape.MaxRows;

    // Bytes between rows or tiles are no power of two, so that they do not fall on each other's places in the cache.
    private const int Apart = 16;

    /// <summary>Packs columns of op(B) as one strip of pairs a step, the last register of a strip filled up with zeros.</summary>
    /// <param name="product">The product.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="first">First step of k.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="panel">Where to.</param>
    /// <param name="scratch">Room for <see cref="PanelScratch"/> pairs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panel(in Product product, int column, int columns, int first, int depth, uint* panel, uint* scratch)
    {
        int width = Blocking.Pieces(columns, Lanes) * Lanes, pairs = (depth + 1) / 2;
        nint leading = product.LeadingB;
        if (product.TransposeB)
        {
            float* row = product.B + column * leading + first;
            int pitch = Pitch(pairs);
            for (int x = 0; x < columns; x++, row += leading) PairRounding.Row(row, depth, scratch + (nint)x * pitch);
            Transposer.Run(columns, pairs, (float*)scratch, pitch, (float*)panel, width);
        }
        else
        {
            float* even = product.B + first * leading + column;
            for (int p = 0; p < pairs; p++, even += 2 * leading) PairRounding.Columns(even, 2 * p + 1 < depth ? even + leading : null, columns, panel + (nint)p * width);
        }
        if (columns == width) return;
        for (nint p = 0; p < pairs; p++) new Span<uint>(panel + p * width + columns, width - columns).Clear();
    }

    /// <summary>Packs rows of A: each row's pairs one after the other, or those of eight rows side by side where A is transposed.</summary>
    /// <param name="product">The product.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="first">First step of k.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="packed">Room for <see cref="RowsLength"/> pairs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(in Product product, int row, int rows, int first, int depth, uint* packed)
    {
        int pairs = (depth + 1) / 2;
        nint leading = product.LeadingA;
        if (!product.TransposeA)
        {
            float* from = product.A + row * leading + first;
            int pitch = Pitch(pairs);
            for (int r = 0; r < rows; r++, from += leading, packed += pitch) PairRounding.Row(from, depth, packed);
            return;
        }
        nint tile = TileLength(pairs);
        float* even = product.A + first * leading + row;
        for (int p = 0; p < pairs; p++, even += 2 * leading, packed += TileRows)
        {
            float* odd = 2 * p + 1 < depth ? even + leading : null;
            for (int r = 0; r < rows; r += TileRows) PairRounding.Columns(even + r, odd == null ? null : odd + r, Math.Min(TileRows, rows - r), packed + r / TileRows * tile);
        }
    }

    /// <summary>Pairs from one packed row to the next.</summary>
    public static int Pitch(int pairs) => pairs + Apart;

    /// <summary>Pairs from one packed tile of a transposed A to the next.</summary>
    public static int TileLength(int pairs) => TileRows * pairs + Apart;

    /// <summary>Pairs that so many packed rows need.</summary>
    public static int RowsLength(int rows, int pairs) => Blocking.Pieces(rows, TileRows) * TileRows * Pitch(pairs);

    /// <summary>Pairs of scratch that packing a panel needs.</summary>
    public static int PanelScratch(int pairs) => PairTileShape.MaxRegisters * Lanes * Pitch(pairs);
}
