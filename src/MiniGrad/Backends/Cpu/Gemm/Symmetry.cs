namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>Fills the lower triangle of a symmetric product.</summary>
internal static unsafe class Symmetry
{
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
        // Right of the block's last row everything lies above the diagonal.
        int free = Math.Clamp(endRow, firstColumn, endColumn);
        for (nint row = firstRow; row < endRow; row++)
        {
            for (nint column = Math.Max(firstColumn, row + 1); column < free; column++) c[column * leading + row] = c[row * leading + column];
        }
        Transpose.Copy(c + firstRow * leading + free, leading, endRow - firstRow, endColumn - free, c + free * leading + firstRow, leading);
    }
}
