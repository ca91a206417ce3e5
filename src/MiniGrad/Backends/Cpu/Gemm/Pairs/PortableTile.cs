using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MiniGrad.Backends.Cpu.Assembled;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>
/// A tile of bfloat16 pairs where VDPBF16PS cannot be had: the same terms in the same order, and the same bits. A sum that falls
/// among the subnormal numbers is rare; it is noticed and done again by <see cref="Bfloat16"/>.
/// </summary>
internal static unsafe class PortableTile
{
    private const uint Sign = 0x8000_0000, Exponent = 0x7F80_0000, Upper = 0xFFFF_0000;

    /// <summary>Multiplies a tile.</summary>
    public static void Multiply(in PairTile tile, PairTileShape shape)
    {
        int whole = (shape.Registers - 1) * PairTileShape.Lanes;
        float* sums = stackalloc float[Vector256<float>.Count];
        for (int r = 0; r < shape.Rows; r++)
        {
            uint* a = (uint*)((byte*)tile.A + r * tile.RowA);
            float* c = (float*)((byte*)tile.C + r * tile.RowC);
            for (int x = 0; x < shape.Registers * PairTileShape.Lanes; x += Vector256<float>.Count)
            {
                Row(a, shape.StepA, tile.B + x, shape.PanelRegisters * PairTileShape.Lanes, tile.Pairs, sums);
                for (int i = 0; i < Vector256<float>.Count; i++)
                {
                    if (x + i >= whole && (tile.Mask >> (x + i - whole) & 1) == 0) continue;
                    c[x + i] = tile.Add != 0 ? MathF.FusedMultiplyAdd(sums[i], tile.Alpha, c[x + i]) : sums[i] * tile.Alpha;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(uint* a, nint stepA, uint* b, nint stepB, nint pairs, float* sums)
    {
        if (!Vector128.IsHardwareAccelerated)
        {
            Scalar(a, stepA, b, stepB, pairs, sums);
            return;
        }
        Vector256<float> sum = default;
        for (nint p = 0; p < pairs; p++, a += stepA, b += stepB)
        {
            Vector256<uint> pair = Vector256.Create(*a), strip = Vector256.Load(b);
            Vector256<float> oddA = Flush(pair & Vector256.Create(Upper)), evenA = Flush(pair << 16), oddB = Flush(strip & Vector256.Create(Upper)), evenB = Flush(strip << 16);
            Vector256<float> odd = Vector256.FusedMultiplyAdd(oddA, oddB, sum), both = Vector256.FusedMultiplyAdd(evenA, evenB, odd);
            // Zero, less one, is the largest number, and NaN lies above infinity.
            Vector256<uint> least = Vector256.Min(Magnitude(odd) - Vector256<uint>.One, Magnitude(both) - Vector256<uint>.One);
            Vector256<uint> most = Vector256.Max(Magnitude(odd), Magnitude(both));
            if (Vector256.LessThanAny(least, Vector256.Create(0x0080_0000u)) || Vector256.GreaterThanAny(most, Vector256.Create(Exponent))) both = Carefully(oddA, oddB, evenA, evenB, sum);
            sum = both;
        }
        sum.Store(sums);
    }

    private static void Scalar(uint* a, nint stepA, uint* b, nint stepB, nint pairs, float* sums)
    {
        for (int i = 0; i < Vector256<float>.Count; i++)
        {
            float sum = 0;
            for (nint p = 0; p < pairs; p++)
            {
                uint x = a[p * stepA], y = b[p * stepB + i];
                sum = Bfloat16.MultiplyAdd(Bfloat16.Widen((ushort)(x >> 16)), Bfloat16.Widen((ushort)(y >> 16)), sum);
                sum = Bfloat16.MultiplyAdd(Bfloat16.Widen((ushort)x), Bfloat16.Widen((ushort)y), sum);
            }
            sums[i] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<float> Carefully(Vector256<float> oddA, Vector256<float> oddB, Vector256<float> evenA, Vector256<float> evenB, Vector256<float> sum)
    {
        for (int i = 0; i < Vector256<float>.Count; i++)
        {
            float odd = Bfloat16.MultiplyAdd(oddA[i], oddB[i], sum[i]);
            sum = sum.WithElement(i, Bfloat16.MultiplyAdd(evenA[i], evenB[i], odd));
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Flush(Vector256<uint> bits)
    {
        Vector256<uint> subnormal = Vector256.Equals(bits & Vector256.Create(Exponent), default);
        return Vector256.ConditionalSelect(subnormal, bits & Vector256.Create(Sign), bits).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Magnitude(Vector256<float> x) => x.AsUInt32() & Vector256.Create(~Sign);
}
