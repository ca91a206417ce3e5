using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>Transposed copies of small blocks.</summary>
internal static unsafe class Transpose
{
    /// <summary><c>destination[j, i] = source[i, j]</c> for a block of any size.</summary>
    /// <param name="source">First element.</param>
    /// <param name="sourceRow">Elements between its rows.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="destination">First element.</param>
    /// <param name="destinationRow">Elements between its rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, nint sourceRow, int rows, int columns, float* destination, nint destinationRow)
    {
        int evenRows = Avx.IsSupported ? rows & ~7 : 0, evenColumns = Avx.IsSupported ? columns & ~7 : 0;
        for (nint i = 0; i < evenRows; i += 8)
        {
            for (nint j = 0; j < evenColumns; j += 8) EightByEight(source + i * sourceRow + j, sourceRow, destination + j * destinationRow + i, destinationRow);
        }
        Elements(source, sourceRow, evenRows, rows, 0, evenColumns, destination, destinationRow);
        Elements(source, sourceRow, 0, rows, evenColumns, columns, destination, destinationRow);
    }

    private static void Elements(float* source, nint sourceRow, int firstRow, int lastRow, int firstColumn, int lastColumn, float* destination, nint destinationRow)
    {
        for (nint j = firstColumn; j < lastColumn; j++)
        {
            for (nint i = firstRow; i < lastRow; i++) destination[j * destinationRow + i] = source[i * sourceRow + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightByEight(float* source, nint from, float* destination, nint to)
    {
        Vector256<float> r0 = Vector256.Load(source), r1 = Vector256.Load(source + from);
        Vector256<float> r2 = Vector256.Load(source + 2 * from), r3 = Vector256.Load(source + 3 * from);
        Vector256<float> r4 = Vector256.Load(source + 4 * from), r5 = Vector256.Load(source + 5 * from);
        Vector256<float> r6 = Vector256.Load(source + 6 * from), r7 = Vector256.Load(source + 7 * from);
        // Pairs of rows, then pairs of pairs within each half, then the halves.
        Vector256<float> a0 = Avx.UnpackLow(r0, r1), a1 = Avx.UnpackHigh(r0, r1), a2 = Avx.UnpackLow(r2, r3), a3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> a4 = Avx.UnpackLow(r4, r5), a5 = Avx.UnpackHigh(r4, r5), a6 = Avx.UnpackLow(r6, r7), a7 = Avx.UnpackHigh(r6, r7);
        Vector256<float> b0 = Avx.Shuffle(a0, a2, 0x44), b1 = Avx.Shuffle(a0, a2, 0xEE), b2 = Avx.Shuffle(a1, a3, 0x44), b3 = Avx.Shuffle(a1, a3, 0xEE);
        Vector256<float> b4 = Avx.Shuffle(a4, a6, 0x44), b5 = Avx.Shuffle(a4, a6, 0xEE), b6 = Avx.Shuffle(a5, a7, 0x44), b7 = Avx.Shuffle(a5, a7, 0xEE);
        Avx.Permute2x128(b0, b4, 0x20).Store(destination);
        Avx.Permute2x128(b1, b5, 0x20).Store(destination + to);
        Avx.Permute2x128(b2, b6, 0x20).Store(destination + 2 * to);
        Avx.Permute2x128(b3, b7, 0x20).Store(destination + 3 * to);
        Avx.Permute2x128(b0, b4, 0x31).Store(destination + 4 * to);
        Avx.Permute2x128(b1, b5, 0x31).Store(destination + 5 * to);
        Avx.Permute2x128(b2, b6, 0x31).Store(destination + 6 * to);
        Avx.Permute2x128(b3, b7, 0x31).Store(destination + 7 * to);
    }
}
