using System.Runtime.CompilerServices;

namespace MiniGrad.Backends;

/// <summary>The arithmetic of <see cref="Precision.Bfloat16"/>, number by number: what the reference back end computes, and what kernels must equal to the bit.</summary>
internal static class Bfloat16
{
    /// <summary>The NaN that every NaN becomes: the one that x64 makes itself.</summary>
    public const ushort NaN = 0xFFC0;

    private const uint Sign = 0x8000_0000, Exponent = 0x7F80_0000, SmallestNormal = 0x0080_0000;
    private const float Scale = 18446744073709551616f, ScaledSmallest = 1 / 4611686018427387904f; // 2⁶⁴ and 2⁻⁶²
    private const int MaxDepth = 512;

    /// <summary>Terms that are summed in one go; the sums of such blocks are then added up in the back end's precision.</summary>
    /// <param name="k">Length of the inner products.</param>
    public static int BlockDepth(int k)
    {
        int blocks = Math.Max(1, (k + MaxDepth - 1) / MaxDepth), depth = Math.Max(1, (k + blocks - 1) / blocks);
        return (depth + 31) / 32 * 32;
    }

    /// <summary>The nearest bfloat16, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Round(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        return float.IsNaN(x) ? NaN : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The nearest bfloat16 as float32, ties to even.</summary>
    public static float Nearest(float x) => BitConverter.UInt32BitsToSingle((uint)Round(x) << 16);

    /// <summary>A bfloat16 as it is multiplied: subnormals count as zero.</summary>
    public static float Widen(ushort x)
    {
        uint bits = (uint)x << 16;
        return BitConverter.UInt32BitsToSingle((bits & Exponent) == 0 ? bits & Sign : bits);
    }

    /// <summary>One term: <c>a·b + sum</c>, rounded once; what is then too small for a normal number is a zero of its sign.</summary>
    public static float MultiplyAdd(float a, float b, float sum)
    {
        float result = MathF.FusedMultiplyAdd(a, b, sum);
        uint bits = BitConverter.SingleToUInt32Bits(result), magnitude = bits & ~Sign;
        if (magnitude == 0 || magnitude > SmallestNormal) return float.IsNaN(result) ? BitConverter.UInt32BitsToSingle((uint)NaN << 16) : result;
        // At the smallest normal number it matters whether it was reached by rounding with all 24 bits.
        if (magnitude == SmallestNormal && MathF.Abs(MathF.FusedMultiplyAdd(a * Scale, b, sum * Scale)) >= ScaledSmallest) return result;
        return BitConverter.UInt32BitsToSingle(bits & Sign);
    }
}
