using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary><c>v = beta·v + weight·x²</c>.</summary>
internal unsafe struct SecondMomentJob(float beta, float weight, float* x, float* v, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* from = x, moment = v;
        TV b = TV.All(beta), w = TV.All(weight);
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count)
        {
            TV u = TV.Load(from + i, end - i);
            TV.MultiplyAdd(w * u, u, b * TV.Load(moment + i, end - i)).Store(moment + i, end - i);
        }
    }
}

/// <summary><c>y = x / (√(v/c) + ε)</c> or <c>x / √max(v/c, ε)</c>; 0/0 is 0.</summary>
internal unsafe struct DivideByRootJob(RootRule rule, float epsilon, float* x, float* v, float correction, float* y, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* from = x, moment = v, to = y;
        bool clamps = rule == RootRule.Clamp;
        TV e = TV.All(epsilon), r = TV.All(1 / correction), zero = TV.All(0);
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count)
        {
            TV u = TV.Load(from + i, end - i), m = r * TV.Load(moment + i, end - i);
            Quotient(u, clamps ? TV.Sqrt(TV.Max(e, m)) : TV.Sqrt(m) + e, zero).Store(to + i, end - i);
        }
    }

    /// <summary>u / root; 0/0 is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Quotient<TV>(TV u, TV root, TV zero) where TV : unmanaged, ILanes<TV>
    {
        // 0 divided by 1 instead of by 0.
        return u / TV.Select(TV.Equal(u, zero), TV.Select(TV.Equal(root, zero), TV.All(1), root), root);
    }
}

/// <summary>Both in one pass: <c>v = beta·v + weight·x²</c>, then x divided by its root. Beta 1 and weight 0 keep v.</summary>
internal unsafe struct DivideBySecondMomentJob(float beta, float weight, RootRule rule, float epsilon, float* x, float* v, float correction, float* y, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* from = x, moment = v, to = y;
        bool clamps = rule == RootRule.Clamp, moves = weight != 0 || beta != 1;
        TV b = TV.All(beta), w = TV.All(weight), e = TV.All(epsilon), r = TV.All(1 / correction), zero = TV.All(0);
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count)
        {
            TV u = TV.Load(from + i, end - i), m = TV.Load(moment + i, end - i);
            if (moves)
            {
                m = TV.MultiplyAdd(w * u, u, b * m);
                m.Store(moment + i, end - i);
            }
            m = r * m;
            DivideByRootJob.Quotient(u, clamps ? TV.Sqrt(TV.Max(e, m)) : TV.Sqrt(m) + e, zero).Store(to + i, end - i);
        }
    }
}
