using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Backends.Cpu;

/// <summary>Transposes a matrix in tiles of 8×8 or 4×4 that stay in registers, 16 rows at a time so that every line written is completed at once.</summary>
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
        long size = Avx.IsSupported ? 8 : 4;
        for (long band = 0; band < rows; band += 16)
        {
            long end = Math.Min(rows, band + 16), full = Sse.IsSupported ? band + (end - band) / size * size : band;
            long c = 0;
            for (; c + size <= columns && Sse.IsSupported; c += size)
            {
                for (long r = band; r < full; r += size)
                {
                    if (Avx.IsSupported) EightByEight(from + r * stepFrom + c, stepFrom, to + c * stepTo + r, stepTo, accumulate);
                    else FourByFour(from + r * stepFrom + c, stepFrom, to + c * stepTo + r, stepTo, accumulate);
                }
                if (full < end) Plain(full, end, c, c + size, from, stepFrom, to, stepTo, accumulate);
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
    private static void FourByFour(float* from, long stepFrom, float* to, long stepTo, bool accumulate)
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightByEight(float* from, long stepFrom, float* to, long stepTo, bool accumulate)
    {
        Vector256<float> a = Vector256.Load(from), b = Vector256.Load(from + stepFrom), c = Vector256.Load(from + 2 * stepFrom), d = Vector256.Load(from + 3 * stepFrom);
        Vector256<float> e = Vector256.Load(from + 4 * stepFrom), f = Vector256.Load(from + 5 * stepFrom), g = Vector256.Load(from + 6 * stepFrom), h = Vector256.Load(from + 7 * stepFrom);
        // Two rows interleaved, then four within each half of a register, then the halves.
        Vector256<float> lowAb = Avx.UnpackLow(a, b), highAb = Avx.UnpackHigh(a, b), lowCd = Avx.UnpackLow(c, d), highCd = Avx.UnpackHigh(c, d);
        Vector256<float> lowEf = Avx.UnpackLow(e, f), highEf = Avx.UnpackHigh(e, f), lowGh = Avx.UnpackLow(g, h), highGh = Avx.UnpackHigh(g, h);
        a = Avx.Shuffle(lowAb, lowCd, 0b01_00_01_00);
        b = Avx.Shuffle(lowAb, lowCd, 0b11_10_11_10);
        c = Avx.Shuffle(highAb, highCd, 0b01_00_01_00);
        d = Avx.Shuffle(highAb, highCd, 0b11_10_11_10);
        e = Avx.Shuffle(lowEf, lowGh, 0b01_00_01_00);
        f = Avx.Shuffle(lowEf, lowGh, 0b11_10_11_10);
        g = Avx.Shuffle(highEf, highGh, 0b01_00_01_00);
        h = Avx.Shuffle(highEf, highGh, 0b11_10_11_10);
        Put(Avx.Permute2x128(a, e, 0x20), to, accumulate);
        Put(Avx.Permute2x128(b, f, 0x20), to + stepTo, accumulate);
        Put(Avx.Permute2x128(c, g, 0x20), to + 2 * stepTo, accumulate);
        Put(Avx.Permute2x128(d, h, 0x20), to + 3 * stepTo, accumulate);
        Put(Avx.Permute2x128(a, e, 0x31), to + 4 * stepTo, accumulate);
        Put(Avx.Permute2x128(b, f, 0x31), to + 5 * stepTo, accumulate);
        Put(Avx.Permute2x128(c, g, 0x31), to + 6 * stepTo, accumulate);
        Put(Avx.Permute2x128(d, h, 0x31), to + 7 * stepTo, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector256<float> value, float* to, bool accumulate) => (accumulate ? value + Vector256.Load(to) : value).Store(to);
}
