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
            TV root = clamps ? TV.Sqrt(TV.Max(e, m)) : TV.Sqrt(m) + e;
            // 0 divided by 1 instead of by 0.
            TV divisor = TV.Select(TV.Equal(u, zero), TV.Select(TV.Equal(root, zero), TV.All(1), root), root);
            (u / divisor).Store(to + i, end - i);
        }
    }
}
