using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>Elementary functions on lanes. NaN gives NaN; infinities give the limits.</summary>
internal static class SimdMath
{
    /// <summary>eˣ, to 2 units in the last place, with gradual underflow: x = n·ln 2 + r, |r| ≤ ½ ln 2, and a polynomial in r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Exp<TV>(TV x) where TV : unmanaged, ILanes<TV>
    {
        x = TV.Min(TV.All(89), TV.Max(TV.All(-104), x));
        TV n = TV.Round(x * TV.All(1.44269504f));
        // ln 2 in two parts, the first of so few bits that n times it is exact.
        TV r = TV.MultiplyAdd(n, TV.All(-0.693359375f), x);
        r = TV.MultiplyAdd(n, TV.All(2.12194440e-4f), r);
        TV p = TV.MultiplyAdd(TV.All(1.9875691500e-4f), r, TV.All(1.3981999507e-3f));
        p = TV.MultiplyAdd(p, r, TV.All(8.3334519073e-3f));
        p = TV.MultiplyAdd(p, r, TV.All(4.1665795894e-2f));
        p = TV.MultiplyAdd(p, r, TV.All(1.6666665459e-1f));
        p = TV.MultiplyAdd(p, r, TV.All(5.0000001201e-1f));
        p = TV.MultiplyAdd(p, r * r, r) + TV.All(1);
        return TV.TimesPowerOfTwo(p, n);
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Sigmoid<TV>(TV x) where TV : unmanaged, ILanes<TV> => TV.All(1) / (TV.All(1) + Exp(TV.All(0) - x));

    /// <summary>tanh x: an odd polynomial below 0.625, 1 − 2/(e²ˣ + 1) above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Tanh<TV>(TV x) where TV : unmanaged, ILanes<TV>
    {
        TV square = x * x;
        TV p = TV.MultiplyAdd(TV.All(-5.70498872745e-3f), square, TV.All(2.06390887954e-2f));
        p = TV.MultiplyAdd(p, square, TV.All(-5.37397155531e-2f));
        p = TV.MultiplyAdd(p, square, TV.All(1.33314422036e-1f));
        p = TV.MultiplyAdd(p, square, TV.All(-3.33332819422e-1f));
        TV small = TV.MultiplyAdd(p * square, x, x);
        TV large = TV.All(1) - TV.All(2) / (Exp(x + x) + TV.All(1));
        return TV.Select(TV.Less(TV.Abs(x), TV.All(0.625f)), small, large);
    }

    /// <summary>
    /// Φ(x) = ½(1 + erf(x/√2)), to 2e-7, and e^(−x²/2): with z = |x|/√2 and t = 1/(1 + 0.48z),
    /// erfc(z)·e^(z²) is a polynomial in t (a weighted minimax fit).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV NormalCdf<TV>(TV x, out TV bell) where TV : unmanaged, ILanes<TV>
    {
        bell = Exp(TV.All(-0.5f) * x * x);
        TV t = TV.All(1) / TV.MultiplyAdd(TV.All(0.339411255f), TV.Abs(x), TV.All(1));
        TV p = TV.MultiplyAdd(TV.All(0.0912493541f), t, TV.All(-0.409743738f));
        p = TV.MultiplyAdd(p, t, TV.All(0.546659798f));
        p = TV.MultiplyAdd(p, t, TV.All(-0.0776451443f));
        p = TV.MultiplyAdd(p, t, TV.All(0.320604694f));
        p = TV.MultiplyAdd(p, t, TV.All(0.257105682f));
        p = TV.MultiplyAdd(p, t, TV.All(0.271769362f));
        TV tail = TV.All(0.5f) * p * t * bell;
        return TV.Select(TV.Less(TV.All(0), x), TV.All(1) - tail, tail);
    }

    /// <summary>x within ±limit, so that products such as x·φ(x) vanish at infinity instead of becoming NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Clamp<TV>(TV x, float limit) where TV : unmanaged, ILanes<TV> => TV.Min(TV.All(limit), TV.Max(TV.All(-limit), x));
}
