using System.Runtime.CompilerServices;
using ILGPU;
using MiniGrad.Randomness;

namespace MiniGrad.Ilgpu.Kernels;

internal struct PackBfloat16Args
{
    public ArrayView<float> X, Gate;
    public ArrayView<int> Words, Draws;
    public int Count;
    public uint Stream, Key0, Key1;
}

internal struct CountDrawArgs
{
    public ArrayView<float> Gate;
    public ArrayView<int> Draws;
}

internal struct PackSignsArgs
{
    public ArrayView<float> X, Gate;
    public ArrayView<int> Words;
    public int Count;
}

internal struct RoundToPairsArgs
{
    public ArrayView<float> X;
    public ArrayView<int> Words;
    public int Count;
}

internal struct UnpackArgs
{
    public ArrayView<float> X;
    public ArrayView<int> Words;
}

/// <summary>The packed formats of optimizer state, bit for bit those of the other back ends.</summary>
internal static class PrecisionKernels
{
    /// <summary>Two numbers of one word; eight share a Philox block, of which each takes 16 bits.</summary>
    public static void PackBfloat16(Index1D word, PackBfloat16Args s)
    {
        if (s.Gate[0] == 0) return;
        var random = Philox4x32.Block((uint)(word / 4), 0, (uint)s.Draws[0], s.Stream, s.Key0, s.Key1);
        int part = word % 4;
        uint bits = part == 0 ? random.X0 : part == 1 ? random.X1 : part == 2 ? random.X2 : random.X3;
        uint packed = Round(s.X[2 * word], bits & 0xFFFF);
        if ((2 * word) + 1 < s.Count) packed |= Round(s.X[(2 * word) + 1], bits >> 16) << 16;
        s.Words[word] = (int)packed;
    }

    /// <summary>Counts a packing; its own kernel, because all threads of the packing read the count.</summary>
    public static void CountDraw(Index1D i, CountDrawArgs s)
    {
        if (s.Gate[0] != 0) s.Draws[i]++;
    }

    /// <summary>A bfloat16 number is the upper half of a float32.</summary>
    public static void UnpackBfloat16(Index1D i, UnpackArgs s) =>
        s.X[i] = Interop.IntAsFloat((uint)s.Words[i / 2] >> (16 * (i % 2)) << 16);

    /// <summary>The signs of 32 numbers.</summary>
    public static void PackSigns(Index1D word, PackSignsArgs s)
    {
        if (s.Gate[0] == 0) return;
        uint packed = 0;
        for (int bit = 0; bit < 32; bit++)
        {
            int i = (32 * word) + bit;
            if (i < s.Count && s.X[i] > 0) packed |= 1u << bit;
        }
        s.Words[word] = (int)packed;
    }

    /// <summary>Negates a number whose bit is 0.</summary>
    public static void ApplySigns(Index1D i, UnpackArgs s)
    {
        uint isNegative = ~(uint)s.Words[i / 32] >> (i % 32) & 1;
        s.X[i] = Interop.IntAsFloat(Interop.FloatAsInt(s.X[i]) ^ (isNegative << 31));
    }

    /// <summary>Two numbers a word, rounded to bfloat16, ties to even: the operands of products on tensor cores.</summary>
    public static void RoundToPairs(Index1D word, RoundToPairsArgs s)
    {
        uint packed = RoundToEven(s.X[2 * word]);
        if ((2 * word) + 1 < s.Count) packed |= RoundToEven(s.X[(2 * word) + 1]) << 16;
        s.Words[word] = (int)packed;
    }

    /// <summary>The upper half of a number rounded to bfloat16, ties to even. NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RoundToEven(float x)
    {
        uint bits = Interop.FloatAsInt(x), rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
        return (bits & 0x7FFFFFFF) > 0x7F800000 ? bits >> 16 | 0x40 : rounded;
    }

    // The random bits are added to the half that is dropped; what is not finite is not rounded.
    private static uint Round(float x, uint random)
    {
        uint bits = Interop.FloatAsInt(x);
        return (bits & 0x7F800000) == 0x7F800000 ? bits >> 16 : (bits + random) >> 16;
    }
}
