namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>Fills the lower triangle of a symmetric product.</summary>
internal static unsafe class Symmetry
{
    // Rows whose mirror image fills cache lines.
    private const int BandRows = 16;

    /// <summary>Copies a finished block's elements above the diagonal to their mirror images.</summary>
    /// <param name="product">The product.</param>
    /// <param name="firstRow">First row of the block.</param>
    /// <param name="endRow">Row after the last.</param>
    /// <param name="firstColumn">First column of the block.</param>
    /// <param name="endColumn">Column after the last.</param>
    public static void Mirror(in Product product, int firstRow, int endRow, int firstColumn, int endColumn)
    {
        float* c = product.C;
        nint leading = product.LeadingC;
        for (int band = firstRow; band < endRow; band += BandRows)
        {
            int endBand = Math.Min(endRow, band + BandRows);
            // Right of the band's last row everything lies above the diagonal.
            int free = Math.Clamp(endBand, firstColumn, endColumn);
            for (nint row = band; row < endBand; row++)
            {
                for (nint column = Math.Max(firstColumn, row + 1); column < free; column++) c[column * leading + row] = c[row * leading + column];
            }
            Transposer.Run(endBand - band, endColumn - free, c + band * leading + free, leading, c + free * leading + band, leading);
        }
    }
}
