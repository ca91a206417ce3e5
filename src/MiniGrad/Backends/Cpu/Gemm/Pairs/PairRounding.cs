using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>Rounds float32 to bfloat16 as <see cref="Bfloat16.Round"/> does, many at a time, into pairs.</summary>
internal static unsafe class PairRounding
{
    private const uint Upper = 0xFFFF_0000;

    /// <summary>Numbers of one row that follow each other become pairs: pair i holds the elements 2i and 2i + 1, with zero after the last.</summary>
    /// <param name="from">The numbers.</param>
    /// <param name="count">How many.</param>
    /// <param name="pairs">Room for ⌈count/2⌉ pairs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row(float* from, int count, uint* pairs)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 32 <= count; i += 32) Vector512.Narrow(Lanes16.Nearest(Vector512.Load(from + i)) >> 16, Lanes16.Nearest(Vector512.Load(from + i + 16)) >> 16).Store((ushort*)pairs + i);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 16 <= count; i += 16) Vector256.Narrow(Lanes8.Nearest(Vector256.Load(from + i)) >> 16, Lanes8.Nearest(Vector256.Load(from + i + 8)) >> 16).Store((ushort*)pairs + i);
        }
        for (; i < count; i++) ((ushort*)pairs)[i] = Bfloat16.Round(from[i]);
        if (count % 2 == 1) ((ushort*)pairs)[count] = 0;
    }

    /// <summary>Numbers of two rows become pairs, one a column.</summary>
    /// <param name="even">The row of the even step.</param>
    /// <param name="odd">The row of the odd step, or null for zeros.</param>
    /// <param name="count">Columns.</param>
    /// <param name="pairs">Room for as many pairs.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Columns(float* even, float* odd, int count, uint* pairs)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 16 <= count; i += 16)
            {
                Vector512<uint> upper = odd == null ? default : Lanes16.Nearest(Vector512.Load(odd + i));
                ((upper & Vector512.Create(Upper)) | (Lanes16.Nearest(Vector512.Load(even + i)) >> 16)).Store(pairs + i);
            }
        }
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 8 <= count; i += 8)
            {
                Vector256<uint> upper = odd == null ? default : Lanes8.Nearest(Vector256.Load(odd + i));
                ((upper & Vector256.Create(Upper)) | (Lanes8.Nearest(Vector256.Load(even + i)) >> 16)).Store(pairs + i);
            }
        }
        for (; i < count; i++) pairs[i] = (odd == null ? 0 : (uint)Bfloat16.Round(odd[i]) << 16) | Bfloat16.Round(even[i]);
    }
}
