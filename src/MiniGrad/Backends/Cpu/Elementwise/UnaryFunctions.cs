using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>A function of one number and its derivative, on lanes.</summary>
internal interface IUnaryFunction
{
    /// <summary>f(x).</summary>
    static abstract TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV>;

    /// <summary>f′(x).</summary>
    static abstract TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV>;
}

/// <summary>eˣ.</summary>
internal readonly struct ExpFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => SimdMath.Exp(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV> => SimdMath.Exp(x);
}

/// <summary>ln x.</summary>
internal readonly struct LogFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => TV.Log(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV> => TV.All(1) / x;
}

/// <summary>√x.</summary>
internal readonly struct SqrtFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => TV.Sqrt(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV> => TV.All(0.5f) / TV.Sqrt(x);
}

/// <summary>x².</summary>
internal readonly struct SquareFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => x * x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV> => x + x;
}

/// <summary>tanh x.</summary>
internal readonly struct TanhFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => SimdMath.Tanh(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV>
    {
        TV t = SimdMath.Tanh(x);
        return TV.All(1) - t * t;
    }
}

/// <summary>σ(x) = 1 / (1 + e⁻ˣ).</summary>
internal readonly struct SigmoidFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => SimdMath.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV>
    {
        TV s = SimdMath.Sigmoid(x);
        return s * (TV.All(1) - s);
    }
}

/// <summary>max(x, 0).</summary>
internal readonly struct ReluFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => TV.Max(TV.All(0), x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV> => TV.Select(TV.Less(TV.All(0), x), TV.All(1), TV.All(0));
}

/// <summary>x·σ(x); derivative σ + xσ(1 − σ).</summary>
internal readonly struct SiluFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => x / (TV.All(1) + SimdMath.Exp(TV.All(0) - x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV>
    {
        TV s = SimdMath.Sigmoid(x);
        return TV.MultiplyAdd(SimdMath.Clamp(x, 100) * s, TV.All(1) - s, s);
    }
}

/// <summary>½x(1 + tanh u) = x·σ(2u), u = √(2/π)(x + 0.044715x³).</summary>
internal readonly struct GeluTanhFunction : IUnaryFunction
{
    private const float Linear = 0.79788456f, Cubic = Linear * 0.044715f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => x / (TV.All(1) + SimdMath.Exp(x * TV.MultiplyAdd(x * x, TV.All(-2 * Cubic), TV.All(-2 * Linear))));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV>
    {
        // Beyond ±11 the derivative is 0 or 1 to the last bit.
        x = SimdMath.Clamp(x, 11);
        TV square = x * x;
        TV s = TV.All(1) / (TV.All(1) + SimdMath.Exp(x * TV.MultiplyAdd(square, TV.All(-2 * Cubic), TV.All(-2 * Linear))));
        return TV.MultiplyAdd(x * s * (TV.All(1) - s), TV.MultiplyAdd(square, TV.All(6 * Cubic), TV.All(2 * Linear)), s);
    }
}

/// <summary>xΦ(x), Φ the normal distribution function; derivative Φ + xφ.</summary>
internal readonly struct GeluErfFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => x * SimdMath.NormalCdf(x, out _);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV>
    {
        x = SimdMath.Clamp(x, 15);
        TV cdf = SimdMath.NormalCdf(x, out TV bell);
        return TV.MultiplyAdd(x * TV.All(0.39894228f), bell, cdf);
    }
}

/// <summary>−1, 0 or 1; NaN for NaN.</summary>
internal readonly struct SignFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => TV.Select(TV.Less(TV.All(0), x), TV.All(1), TV.Select(TV.Less(x, TV.All(0)), TV.All(-1), x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV> => TV.All(0);
}
