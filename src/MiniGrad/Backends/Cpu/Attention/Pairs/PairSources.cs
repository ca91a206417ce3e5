using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MiniGrad.Backends.Cpu.Gemm;

namespace MiniGrad.Backends.Cpu;

/// <summary>How the operands of a product in bfloat16 are stored, and how they become pairs.</summary>
internal unsafe interface IPairSource
{
    /// <summary>Bytes of a number.</summary>
    static abstract int Size { get; }

    /// <summary>Numbers that follow each other become pairs, with zero after the last.</summary>
    /// <param name="x">Where the numbers are.</param>
    /// <param name="first">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="pairs">Room for ⌈count/2⌉ pairs.</param>
    static abstract void Row(void* x, long first, int count, uint* pairs);

    /// <summary>Numbers of two rows become pairs, one a column.</summary>
    /// <param name="x">Where the numbers are.</param>
    /// <param name="even">The first of the even row.</param>
    /// <param name="odd">The first of the odd row, or −1 for zeros.</param>
    /// <param name="count">Columns.</param>
    /// <param name="pairs">Room for as many pairs.</param>
    static abstract void Columns(void* x, long even, long odd, int count, uint* pairs);
}

/// <summary>Numbers in float32, which are rounded.</summary>
internal readonly unsafe struct FloatSource : IPairSource
{
    /// <inheritdoc/>
    public static int Size => sizeof(float);

    /// <inheritdoc/>
    public static void Row(void* x, long first, int count, uint* pairs) => PairRounding.Row((float*)x + first, count, pairs);

    /// <inheritdoc/>
    public static void Columns(void* x, long even, long odd, int count, uint* pairs) => PairRounding.Columns((float*)x + even, odd < 0 ? null : (float*)x + odd, count, pairs);
}

/// <summary>Numbers in bfloat16.</summary>
internal readonly unsafe struct HalfSource : IPairSource
{
    /// <inheritdoc/>
    public static int Size => sizeof(ushort);

    /// <inheritdoc/>
    public static void Row(void* x, long first, int count, uint* pairs)
    {
        Unsafe.CopyBlockUnaligned(pairs, (ushort*)x + first, (uint)count * sizeof(ushort));
        if (count % 2 == 1) ((ushort*)pairs)[count] = 0;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Columns(void* x, long even, long odd, int count, uint* pairs)
    {
        ushort* lower = (ushort*)x + even, upper = odd < 0 ? null : (ushort*)x + odd;
        int i = 0;
        for (; i + 16 <= count && Vector128.IsHardwareAccelerated; i += 16)
        {
            (Vector256<uint> left, Vector256<uint> right) = Vector256.Widen(Vector256.Load(lower + i));
            if (upper != null)
            {
                (Vector256<uint> leftOdd, Vector256<uint> rightOdd) = Vector256.Widen(Vector256.Load(upper + i));
                left |= leftOdd << 16;
                right |= rightOdd << 16;
            }
            left.Store(pairs + i);
            right.Store(pairs + i + 8);
        }
        for (; i < count; i++) pairs[i] = (upper == null ? 0 : (uint)upper[i] << 16) | lower[i];
    }
}
