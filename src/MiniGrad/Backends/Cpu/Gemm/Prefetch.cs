using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>
/// Asks for what will be needed next, while registers multiply: in a step operands come from memory or a far cache.
/// Part by part, so that each tile's multiplication covers its share.
/// </summary>
internal static unsafe class Prefetch
{
    private const int FloatsPerLine = 16;

    // An A that fits the second-level cache is there after its first use, and asking costs time.
    private const long NearElements = 1 << 17;

    /// <summary>A part of the rows of A that follow; whole rows, since the processor goes on along a row by itself.</summary>
    /// <param name="product">The product, whose A is not transposed.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="first">First step of k.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">How many there are.</param>
    public static void Rows(in Product product, int row, int rows, int first, int depth, int part, int parts)
    {
        if (!Wanted(product) || row + rows > product.M) return;
        nint leading = product.LeadingA;
        int from = rows * part / parts, end = rows * (part + 1) / parts;
        float* source = product.A + (row + from) * leading + first;
        for (; from < end; from++, source += leading) Line(source, depth);
    }

    /// <summary>A part of the rows of a transposed A that follow: pieces of its steps.</summary>
    /// <param name="product">The product, whose A is transposed.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows, if there are as many.</param>
    /// <param name="first">First step of k.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">How many there are.</param>
    public static void TransposedRows(in Product product, int row, int rows, int first, int depth, int part, int parts)
    {
        if (!Wanted(product) || row >= product.M) return;
        nint leading = product.LeadingA;
        int from = depth * part / parts, end = depth * (part + 1) / parts, wanted = Math.Min(rows, product.M - row);
        float* source = product.A + (first + from) * leading + row;
        for (; from < end; from++, source += leading) Line(source, wanted);
    }

    /// <summary>What the epilogue of a tile reads and writes besides C.</summary>
    /// <param name="product">The product.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns.</param>
    public static void Epilogue(in Product product, int row, int rows, int column, int columns)
    {
        if (!Sse.IsSupported || (product.Residual == null && product.PreActivation == null)) return;
        nint at = row * product.LeadingC + column;
        for (int r = 0; r < rows; r++, at += product.LeadingC)
        {
            for (int x = 0; x < columns; x += FloatsPerLine)
            {
                if (product.Residual != null) Sse.Prefetch0(product.Residual + at + x);
                if (product.PreActivation != null) Sse.Prefetch0(product.PreActivation + at + x);
            }
        }
    }

    private static bool Wanted(in Product product) => Sse.IsSupported && (long)product.M * product.K >= NearElements;

    // Into the second level: the first one holds the tile's own rows.
    private static void Line(float* source, int length)
    {
        for (nint x = 0; x < length; x += FloatsPerLine) Sse.Prefetch1(source + x);
    }
}
