using ILGPU;
using ILGPU.Algorithms;
using MiniGrad.Backends;

namespace MiniGrad.Ilgpu.Kernels;

internal struct AxpbyArgs
{
    public ArrayView<float> Scale, X, Y, Z, Gate;
    public float Alpha, Beta;
}

internal struct MomentArgs
{
    public ArrayView<float> X, V, Gate;
    public float Beta, Rest;
}

internal struct RootArgs
{
    public ArrayView<float> X, V, Correction, Y;
    public RootRule Rule;
    public float Epsilon;
}

internal struct SignedMomentumArgs
{
    public ArrayView<float> Scale, Gradient, Momentum, Signs, Gate;
    public float Alpha, Beta;
    public int LooksAhead;
}

internal struct MomentRootArgs
{
    public ArrayView<float> X, V, Correction, Y, Gate;
    public RootRule Rule;
    public float Beta, Rest, Epsilon;
}

internal struct UpdateArgs
{
    public ArrayView<float> Scale, U, W, Gate;
    public float Step, Keep;
    public int Cautious;
}

internal struct AdamWArgs
{
    public ArrayView<float> Gradient, Scale, M, V, Correction1, Correction2, W, Gate;
    public float Step, Beta1, Rest1, Beta2, Rest2, Epsilon, Keep;
}

internal struct ScalarArgs
{
    public ArrayView<float> X, Result;
    public ScalarOperation Operation;
    public float A, B;
}

internal struct ScaleEachArgs
{
    public ArrayView<float> Factors, X, Y;
    public int Length;
}

/// <summary>The primitives of optimizer stages. A gate that holds 0 leaves everything as it is.</summary>
internal static class OptimizerKernels
{
    /// <summary>z = alpha·s·x + beta·y; y is not read with beta 0.</summary>
    public static void Axpby(Index1D i, AxpbyArgs s)
    {
        if (s.Gate[0] == 0) return;
        float value = s.Alpha * s.Scale[0] * s.X[i];
        if (s.Beta != 0) value += s.Beta * s.Y[i];
        s.Z[i] = value;
    }

    /// <summary>Axpby, of several strands.</summary>
    public static void AxpbyTogether(Sixteen<AxpbyArgs> s)
    {
        if (Sixteen<AxpbyArgs>.Index < Sixteen<AxpbyArgs>.Count(s)) Axpby(Sixteen<AxpbyArgs>.Index, Sixteen<AxpbyArgs>.Mine(s));
    }

    /// <summary>m = alpha·s·g + beta·m; u = alpha·s·g + beta·m of the new m. A closed gate keeps m but not u.</summary>
    public static void MomentumLookAhead(Index1D i, AxpbyArgs s)
    {
        float step = s.Alpha * s.Scale[0] * s.X[i], momentum = s.Y[i];
        if (s.Gate[0] != 0)
        {
            momentum = step + (s.Beta * momentum);
            s.Y[i] = momentum;
        }
        s.Z[i] = step + (s.Beta * momentum);
    }

    /// <summary>MomentumLookAhead, of several strands.</summary>
    public static void MomentumLookAheadTogether(Sixteen<AxpbyArgs> s)
    {
        if (Sixteen<AxpbyArgs>.Index < Sixteen<AxpbyArgs>.Count(s)) MomentumLookAhead(Sixteen<AxpbyArgs>.Index, Sixteen<AxpbyArgs>.Mine(s));
    }

    /// <summary>m = alpha·s·g + beta·m; u = sign(m), or of the look ahead. A closed gate keeps m but not u.</summary>
    public static void SignedMomentum(Index1D i, SignedMomentumArgs s)
    {
        float step = s.Alpha * s.Scale[0] * s.Gradient[i], value = s.Momentum[i];
        if (s.Gate[0] != 0)
        {
            value = step + (s.Beta * value);
            s.Momentum[i] = value;
        }
        if (s.LooksAhead != 0) value = step + (s.Beta * value);
        s.Signs[i] = value > 0 ? 1f : value < 0 ? -1f : value;
    }

    /// <summary>SignedMomentum, of several strands.</summary>
    public static void SignedMomentumTogether(Sixteen<SignedMomentumArgs> s)
    {
        if (Sixteen<SignedMomentumArgs>.Index < Sixteen<SignedMomentumArgs>.Count(s)) SignedMomentum(Sixteen<SignedMomentumArgs>.Index, Sixteen<SignedMomentumArgs>.Mine(s));
    }

    /// <summary>v = beta·v + (1 − beta)·x²; y = x / (√(v/c) + ε), or x / √max(v/c, ε); 0/0 is 0. A closed gate keeps v but not y.</summary>
    public static void DivideBySecondMoment(Index1D i, MomentRootArgs s)
    {
        float x = s.X[i], v = s.V[i];
        if (s.Gate[0] != 0)
        {
            v = (s.Beta * v) + (s.Rest * x * x);
            s.V[i] = v;
        }
        float moment = v / s.Correction[0];
        float root = s.Rule == RootRule.Divide ? XMath.Sqrt(moment) + s.Epsilon : XMath.Sqrt(moment < s.Epsilon ? s.Epsilon : moment);
        s.Y[i] = x == 0 && root == 0 ? 0 : x / root;
    }

    /// <summary>DivideBySecondMoment, of several strands.</summary>
    public static void DivideBySecondMomentTogether(Sixteen<MomentRootArgs> s)
    {
        if (Sixteen<MomentRootArgs>.Index < Sixteen<MomentRootArgs>.Count(s)) DivideBySecondMoment(Sixteen<MomentRootArgs>.Index, Sixteen<MomentRootArgs>.Mine(s));
    }

    /// <summary>v = beta·v + (1 − beta)·x².</summary>
    public static void SecondMoment(Index1D i, MomentArgs s)
    {
        if (s.Gate[0] == 0) return;
        float x = s.X[i];
        s.V[i] = (s.Beta * s.V[i]) + (s.Rest * x * x);
    }

    /// <summary>SecondMoment, of several strands.</summary>
    public static void SecondMomentTogether(Sixteen<MomentArgs> s)
    {
        if (Sixteen<MomentArgs>.Index < Sixteen<MomentArgs>.Count(s)) SecondMoment(Sixteen<MomentArgs>.Index, Sixteen<MomentArgs>.Mine(s));
    }

    /// <summary>y = x / (√(v/c) + ε), or x / √max(v/c, ε); 0/0 is 0.</summary>
    public static void DivideByRoot(Index1D i, RootArgs s)
    {
        float moment = s.V[i] / s.Correction[0], x = s.X[i];
        float root = s.Rule == RootRule.Divide ? XMath.Sqrt(moment) + s.Epsilon : XMath.Sqrt(moment < s.Epsilon ? s.Epsilon : moment);
        s.Y[i] = x == 0 && root == 0 ? 0 : x / root;
    }

    /// <summary>DivideByRoot, of several strands.</summary>
    public static void DivideByRootTogether(Sixteen<RootArgs> s)
    {
        if (Sixteen<RootArgs>.Index < Sixteen<RootArgs>.Count(s)) DivideByRoot(Sixteen<RootArgs>.Index, Sixteen<RootArgs>.Mine(s));
    }

    /// <summary>w = (1 − decay)·w − step·s·u, decayed everywhere or where s·u·w ≥ 0.</summary>
    public static void ApplyUpdate(Index1D i, UpdateArgs s)
    {
        if (s.Gate[0] == 0) return;
        float update = s.Scale[0] * s.U[i], w = s.W[i];
        float keep = s.Cautious == 0 || update * w >= 0 ? s.Keep : 1;
        s.W[i] = (keep * w) - (s.Step * update);
    }

    /// <summary>ApplyUpdate, of several strands.</summary>
    public static void ApplyUpdateTogether(Sixteen<UpdateArgs> s)
    {
        if (Sixteen<UpdateArgs>.Index < Sixteen<UpdateArgs>.Count(s)) ApplyUpdate(Sixteen<UpdateArgs>.Index, Sixteen<UpdateArgs>.Mine(s));
    }

    /// <summary>One AdamW step.</summary>
    public static void AdamW(Index1D i, AdamWArgs s)
    {
        if (s.Gate[0] == 0) return;
        float g = s.Scale[0] * s.Gradient[i];
        float m = (s.Beta1 * s.M[i]) + (s.Rest1 * g), v = (s.Beta2 * s.V[i]) + (s.Rest2 * g * g);
        s.M[i] = m;
        s.V[i] = v;
        s.W[i] = (s.Keep * s.W[i]) - (s.Step * (m / s.Correction1[0]) / (XMath.Sqrt(v / s.Correction2[0]) + s.Epsilon));
    }

    /// <summary>AdamW, of several strands.</summary>
    public static void AdamWTogether(Sixteen<AdamWArgs> s)
    {
        if (Sixteen<AdamWArgs>.Index < Sixteen<AdamWArgs>.Count(s)) AdamW(Sixteen<AdamWArgs>.Index, Sixteen<AdamWArgs>.Mine(s));
    }

    /// <summary>Each vector times its factor.</summary>
    public static void ScaleEach(Index1D i, ScaleEachArgs s) => s.Y[i] = s.Factors[i / s.Length] * s.X[i];

    /// <summary>A function of each element.</summary>
    public static void Scalar(Index1D i, ScalarArgs s)
    {
        float x = s.X[i], result;
        switch (s.Operation)
        {
            case ScalarOperation.DivideAdd:
                result = x + s.B == 0 ? 0 : s.A / (x + s.B);
                break;
            case ScalarOperation.DivideMax:
                float divisor = x < s.B ? s.B : x;
                result = divisor == 0 ? 0 : s.A / divisor;
                break;
            case ScalarOperation.ClipFactor:
                float factor = s.A / (x + s.B);
                result = factor > 1 ? 1 : factor;
                break;
            case ScalarOperation.IsFinite:
                result = XMath.Abs(x) <= float.MaxValue ? 1f : 0f; // not of integers: ILGPU would copy their bits
                break;
            case ScalarOperation.Clamp:
                result = x < s.A ? s.A : x;
                result = result > s.B ? s.B : result;
                break;
            default:
                result = (s.A * x) + s.B;
                break;
        }
        s.Result[i] = result;
    }

    /// <summary>Scalar, of several strands.</summary>
    public static void ScalarTogether(Sixteen<ScalarArgs> s)
    {
        if (Sixteen<ScalarArgs>.Index < Sixteen<ScalarArgs>.Count(s)) Scalar(Sixteen<ScalarArgs>.Index, Sixteen<ScalarArgs>.Mine(s));
    }
}
