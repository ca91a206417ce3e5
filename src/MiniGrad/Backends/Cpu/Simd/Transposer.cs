using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Backends.Cpu;

/// <summary>Transposes a matrix in tiles of 4×4 that stay in registers, 16 rows at a time so that every line written is completed at once.</summary>
internal static unsafe class Transposer
{
    /// <summary><c>to[c, r] (+)= from[r, c]</c>.</summary>
    /// <param name="rows">Rows of the operand.</param>
    /// <param name="columns">Columns of the operand.</param>
    /// <param name="from">Operand.</param>
    /// <param name="stepFrom">Elements between its rows.</param>
    /// <param name="to">Result.</param>
    /// <param name="stepTo">Elements between its rows.</param>
    /// <param name="accumulate">Whether to add.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(long rows, long columns, float* from, long stepFrom, float* to, long stepTo, bool accumulate = false)
    {
        for (long band = 0; band < rows; band += 16)
        {
            long end = Math.Min(rows, band + 16), full = Sse.IsSupported ? band + (end - band) / 4 * 4 : band;
            long c = 0;
            for (; c + 4 <= columns && Sse.IsSupported; c += 4)
            {
                for (long r = band; r < full; r += 4) Tile(from + r * stepFrom + c, stepFrom, to + c * stepTo + r, stepTo, accumulate);
                Plain(full, end, c, c + 4, from, stepFrom, to, stepTo, accumulate);
            }
            Plain(band, end, c, columns, from, stepFrom, to, stepTo, accumulate);
        }
    }

    private static void Plain(long firstRow, long endRow, long firstColumn, long endColumn, float* from, long stepFrom, float* to, long stepTo, bool accumulate)
    {
        for (long c = firstColumn; c < endColumn; c++)
        {
            for (long r = firstRow; r < endRow; r++)
            {
                float value = from[r * stepFrom + c];
                to[c * stepTo + r] = accumulate ? to[c * stepTo + r] + value : value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(float* from, long stepFrom, float* to, long stepTo, bool accumulate)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + stepFrom), c = Vector128.Load(from + 2 * stepFrom), d = Vector128.Load(from + 3 * stepFrom);
        Vector128<float> lowAb = Sse.UnpackLow(a, b), lowCd = Sse.UnpackLow(c, d), highAb = Sse.UnpackHigh(a, b), highCd = Sse.UnpackHigh(c, d);
        a = Sse.MoveLowToHigh(lowAb, lowCd);
        b = Sse.MoveHighToLow(lowCd, lowAb);
        c = Sse.MoveLowToHigh(highAb, highCd);
        d = Sse.MoveHighToLow(highCd, highAb);
        if (accumulate)
        {
            a += Vector128.Load(to);
            b += Vector128.Load(to + stepTo);
            c += Vector128.Load(to + 2 * stepTo);
            d += Vector128.Load(to + 3 * stepTo);
        }
        a.Store(to);
        b.Store(to + stepTo);
        c.Store(to + 2 * stepTo);
        d.Store(to + 3 * stepTo);
    }
}
