using ILGPU;
using MiniGrad.Backends;

namespace MiniGrad.Ilgpu.Kernels;

internal struct FillArgs
{
    public ArrayView<float> Y;
    public float Value;
}

internal struct CopyArgs
{
    public ArrayView<float> X, Y;
}

internal struct BinaryArgs
{
    public ArrayView<float> A, B, Y;
    public Five Sizes, StridesA, StridesB;
    public BinaryOperation Operation;
    public int Plain, Accumulate;
}

internal struct StridedArgs
{
    public ArrayView<float> X, Y;
    public Five Sizes, Strides;
    public float Alpha;
    public int Accumulate;
}

internal struct UnaryArgs
{
    public ArrayView<float> X, DY, Y;
    public UnaryOperation Operation;
    public int Accumulate;
}

internal struct SwiGluArgs
{
    public ArrayView<float> Gate, Up, Y, DGate, DUp;
    public int Columns, Leading, Accumulate;
}

/// <summary>One thread an element.</summary>
internal static class ElementwiseKernels
{
    /// <summary>y = value.</summary>
    public static void Fill(Index1D i, FillArgs s) => s.Y[i] = s.Value;

    /// <summary>y = x.</summary>
    public static void Copy(Index1D i, CopyArgs s) => s.Y[i] = s.X[i];

    /// <summary>Copy, of several strands.</summary>
    public static void CopyTogether(Sixteen<CopyArgs> s)
    {
        if (Sixteen<CopyArgs>.Index < Sixteen<CopyArgs>.Count(s)) Copy(Sixteen<CopyArgs>.Index, Sixteen<CopyArgs>.Mine(s));
    }

    /// <summary>y (+)= a ∘ b, with broadcasting.</summary>
    public static void Binary(Index1D i, BinaryArgs s)
    {
        float a, b;
        if (s.Plain != 0)
        {
            a = s.A[i];
            b = s.B[i];
        }
        else
        {
            a = s.A[Five.Offset(i, s.Sizes, s.StridesA)];
            b = s.B[Five.Offset(i, s.Sizes, s.StridesB)];
        }
        float value;
        switch (s.Operation)
        {
            case BinaryOperation.Add: value = a + b; break;
            case BinaryOperation.Subtract: value = a - b; break;
            case BinaryOperation.Multiply: value = a * b; break;
            default: value = a / b; break;
        }
        if (s.Accumulate != 0) value += s.Y[i];
        s.Y[i] = value;
    }

    /// <summary>Binary, of several strands.</summary>
    public static void BinaryTogether(Sixteen<BinaryArgs> s)
    {
        if (Sixteen<BinaryArgs>.Index < Sixteen<BinaryArgs>.Count(s)) Binary(Sixteen<BinaryArgs>.Index, Sixteen<BinaryArgs>.Mine(s));
    }

    /// <summary>y[i] (+)= alpha·x[…], x read through strides over y's sizes: broadcasting and permutation.</summary>
    public static void Strided(Index1D i, StridedArgs s)
    {
        float value = s.Alpha * s.X[Five.Offset(i, s.Sizes, s.Strides)];
        if (s.Accumulate != 0) value += s.Y[i];
        s.Y[i] = value;
    }

    /// <summary>y = f(x).</summary>
    public static void Unary(Index1D i, UnaryArgs s) => s.Y[i] = Functions.Value(s.Operation, s.X[i]);

    /// <summary>Unary, of several strands.</summary>
    public static void UnaryTogether(Sixteen<UnaryArgs> s)
    {
        if (Sixteen<UnaryArgs>.Index < Sixteen<UnaryArgs>.Count(s)) Unary(Sixteen<UnaryArgs>.Index, Sixteen<UnaryArgs>.Mine(s));
    }

    /// <summary>dX (+)= f′(x)·dY.</summary>
    public static void UnaryBackward(Index1D i, UnaryArgs s)
    {
        float value = Functions.Slope(s.Operation, s.X[i]) * s.DY[i];
        if (s.Accumulate != 0) value += s.Y[i];
        s.Y[i] = value;
    }

    /// <summary>y = silu(gate)·up.</summary>
    public static void SwiGlu(Index1D i, SwiGluArgs s)
    {
        int at = (i / s.Columns * s.Leading) + (i % s.Columns);
        s.Y[i] = Functions.Silu(s.Gate[at]) * s.Up[at];
    }

    /// <summary>dGate (+)= dY·up·silu′(gate), dUp (+)= dY·silu(gate).</summary>
    public static void SwiGluBackward(Index1D i, SwiGluArgs s)
    {
        int at = (i / s.Columns * s.Leading) + (i % s.Columns);
        float gate = s.Gate[at], dY = s.Y[i];
        float forGate = dY * s.Up[at] * Functions.SiluSlope(gate), forUp = dY * Functions.Silu(gate);
        if (s.Accumulate != 0)
        {
            forGate += s.DGate[at];
            forUp += s.DUp[at];
        }
        s.DGate[at] = forGate;
        s.DUp[at] = forUp;
    }
}
