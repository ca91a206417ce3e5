using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;
using MiniGrad.Backends;

namespace MiniGrad.Ilgpu.Kernels;

/// <summary>The functions of one number and their derivatives, in float32. NaN gives NaN; infinities give the limits.</summary>
internal static class Functions
{
    private const float Linear = 0.79788456f, Cubic = Linear * 0.044715f;

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sigmoid(float x) => 1 / (1 + XMath.Exp(-x));

    /// <summary>x·σ(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Silu(float x) => x / (1 + XMath.Exp(-x));

    /// <summary>σ + xσ(1 − σ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SiluSlope(float x)
    {
        float s = Sigmoid(x);
        return (Clamp(x, 100) * s * (1 - s)) + s;
    }

    /// <summary>A number rounded to bfloat16, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Bfloat16(float x) => Interop.IntAsFloat(PrecisionKernels.RoundToEven(x) << 16);

    /// <summary>The nonlinearity of a matrix product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Activate(Activation activation, float x)
    {
        switch (activation)
        {
            case Activation.GeluTanh: return GeluTanh(x);
            case Activation.GeluErf: return GeluErf(x);
            case Activation.Silu: return Silu(x);
            default: return x;
        }
    }

    /// <summary>The function.</summary>
    public static float Value(UnaryOperation operation, float x)
    {
        switch (operation)
        {
            case UnaryOperation.Exp: return XMath.Exp(x);
            case UnaryOperation.Log: return XMath.Log(x);
            case UnaryOperation.Sqrt: return XMath.Sqrt(x);
            case UnaryOperation.Square: return x * x;
            case UnaryOperation.Tanh: return Tanh(x);
            case UnaryOperation.Sigmoid: return Sigmoid(x);
            case UnaryOperation.Relu: return x < 0 ? 0 : x;
            case UnaryOperation.Silu: return Silu(x);
            case UnaryOperation.GeluTanh: return GeluTanh(x);
            case UnaryOperation.GeluErf: return GeluErf(x);
            default: return x > 0 ? 1 : x < 0 ? -1 : x;
        }
    }

    /// <summary>Its derivative.</summary>
    public static float Slope(UnaryOperation operation, float x)
    {
        switch (operation)
        {
            case UnaryOperation.Exp: return XMath.Exp(x);
            case UnaryOperation.Log: return 1 / x;
            case UnaryOperation.Sqrt: return 0.5f / XMath.Sqrt(x);
            case UnaryOperation.Square: return x + x;
            case UnaryOperation.Tanh:
                float t = Tanh(x);
                return 1 - (t * t);
            case UnaryOperation.Sigmoid: return Sigmoid(x) * Sigmoid(-x);
            case UnaryOperation.Relu: return x > 0 ? 1f : 0f; // not of integers: ILGPU would copy their bits
            case UnaryOperation.Silu: return SiluSlope(x);
            case UnaryOperation.GeluTanh: return GeluTanhSlope(x);
            case UnaryOperation.GeluErf: return GeluErfSlope(x);
            default: return 0;
        }
    }

    /// <summary>An odd polynomial below 0.625, 1 − 2/(e²ˣ + 1) above: the devices' own tanh may be good to 3 digits only.</summary>
    private static float Tanh(float x)
    {
        float square = x * x;
        float p = (((((((-5.70498872745e-3f * square) + 2.06390887954e-2f) * square) - 5.37397155531e-2f) * square) + 1.33314422036e-1f) * square) - 3.33332819422e-1f;
        return XMath.Abs(x) < 0.625f ? (p * square * x) + x : 1 - (2 / (XMath.Exp(x + x) + 1));
    }

    /// <summary>½x(1 + tanh u) = x·σ(2u), u = √(2/π)(x + 0.044715x³).</summary>
    private static float GeluTanh(float x) => x / (1 + XMath.Exp(x * ((x * x * (-2 * Cubic)) - (2 * Linear))));

    private static float GeluTanhSlope(float x)
    {
        x = Clamp(x, 11); // beyond, the derivative is 0 or 1 to the last bit
        float square = x * x, s = 1 / (1 + XMath.Exp(x * ((square * (-2 * Cubic)) - (2 * Linear))));
        return (x * s * (1 - s) * ((square * (6 * Cubic)) + (2 * Linear))) + s;
    }

    /// <summary>xΦ(x).</summary>
    private static float GeluErf(float x) => x * NormalCdf(x);

    private static float GeluErfSlope(float x)
    {
        x = Clamp(x, 15);
        return NormalCdf(x) + (x * 0.39894228f * XMath.Exp(-0.5f * x * x));
    }

    /// <summary>
    /// Φ(x) = ½(1 + erf(x/√2)), to 2e-7: with z = |x|/√2 and t = 1/(1 + 0.48z), erfc(z)·e^(z²) is a polynomial in t
    /// (a weighted minimax fit).
    /// </summary>
    private static float NormalCdf(float x)
    {
        float t = 1 / ((0.339411255f * XMath.Abs(x)) + 1);
        float p = (0.0912493541f * t) - 0.409743738f;
        p = (p * t) + 0.546659798f;
        p = (p * t) - 0.0776451443f;
        p = (p * t) + 0.320604694f;
        p = (p * t) + 0.257105682f;
        p = (p * t) + 0.271769362f;
        float tail = 0.5f * p * t * XMath.Exp(-0.5f * x * x);
        return x > 0 ? 1 - tail : tail;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Clamp(float x, float limit) => x > limit ? limit : x < -limit ? -limit : x;
}
