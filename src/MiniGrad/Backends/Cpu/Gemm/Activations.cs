using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>A nonlinearity on registers of any width.</summary>
internal interface IActivation
{
    static abstract T Apply<T>(T x)
        where T : unmanaged, ISimd<T>;
}

/// <summary>x.</summary>
internal readonly struct Identity : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(T x)
        where T : unmanaged, ISimd<T> => x;
}

/// <summary>x·σ(x) = x / (1 + e⁻ˣ).</summary>
internal readonly struct Silu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(T x)
        where T : unmanaged, ISimd<T> => x / (T.Broadcast(1) + Exponential.Of(T.Broadcast(0) - x));
}

/// <summary>½x(1 + tanh u) = x / (1 + e⁻²ᵘ) with u = √(2/π)(x + 0.044715x³).</summary>
internal readonly struct GeluTanh : IActivation
{
    private const float Linear = -1.5957691216f, Cubic = Linear * 0.044715f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(T x)
        where T : unmanaged, ISimd<T>
    {
        T minusTwoU = x * T.MultiplyAdd(x * x, T.Broadcast(Cubic), T.Broadcast(Linear));
        return x / (T.Broadcast(1) + Exponential.Of(minusTwoU));
    }
}

/// <summary>
/// ½x(1 + erf(x/√2)) = max(x, 0) − ½|x|·erfc(a) with a = |x|/√2, which keeps its relative precision in both tails.
/// </summary>
/// <remarks>erfc(a) = e^(−a²)·t·P(t) with t = 1/(1 + 0.4a); P was fitted for a from 0 to 10 to a relative error of 6e-8.</remarks>
internal readonly struct GeluErf : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(T x)
        where T : unmanaged, ISimd<T>
    {
        T magnitude = T.Max(x, T.Broadcast(0) - x);
        T t = T.Broadcast(1) / T.MultiplyAdd(magnitude, T.Broadcast(0.4f * 0.70710678f), T.Broadcast(1));
        T p = T.MultiplyAdd(t, T.Broadcast(0.04125482131f), T.Broadcast(-0.140327745f));
        p = T.MultiplyAdd(t, p, T.Broadcast(0.08400449656f));
        p = T.MultiplyAdd(t, p, T.Broadcast(0.08794514607f));
        p = T.MultiplyAdd(t, p, T.Broadcast(0.07976935787f));
        p = T.MultiplyAdd(t, p, T.Broadcast(0.1933879172f));
        p = T.MultiplyAdd(t, p, T.Broadcast(0.2018888894f));
        p = T.MultiplyAdd(t, p, T.Broadcast(0.2264429376f));
        p = T.MultiplyAdd(t, p, T.Broadcast(0.2256342408f));
        T complement = t * p * Exponential.Of(x * x * T.Broadcast(-0.5f));
        return T.Max(x, T.Broadcast(0)) - T.Broadcast(0.5f) * magnitude * complement;
    }
}

/// <summary>eˣ for x cut to [−87, 88]: relative error below 2e-7.</summary>
internal static class Exponential
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : unmanaged, ISimd<T>
    {
        x = T.Min(T.Max(x, T.Broadcast(-87)), T.Broadcast(88));
        // x = n·ln 2 + r with |r| ≤ ½ ln 2; ln 2 in two parts, so that n·ln 2 is subtracted without loss.
        T n = T.Round(x * T.Broadcast(1.44269504f));
        T r = T.MultiplyAdd(n, T.Broadcast(-0.693145752f), x);
        r = T.MultiplyAdd(n, T.Broadcast(-1.42860677e-6f), r);
        // The Taylor series: its first missing term is 5e-9 there.
        T p = T.MultiplyAdd(r, T.Broadcast(1f / 5040), T.Broadcast(1f / 720));
        p = T.MultiplyAdd(r, p, T.Broadcast(1f / 120));
        p = T.MultiplyAdd(r, p, T.Broadcast(1f / 24));
        p = T.MultiplyAdd(r, p, T.Broadcast(1f / 6));
        p = T.MultiplyAdd(r, p, T.Broadcast(0.5f));
        p = T.MultiplyAdd(r, p, T.Broadcast(1));
        p = T.MultiplyAdd(r, p, T.Broadcast(1));
        return p * T.PowerOfTwo(n);
    }
}
