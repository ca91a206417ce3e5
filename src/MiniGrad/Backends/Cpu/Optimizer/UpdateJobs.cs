using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary><c>w = keep·w − step·u</c>; cautious decay leaves out entries where <c>sign·u·w &lt; 0</c>.</summary>
internal unsafe struct ApplyUpdateJob(float step, float keep, bool cautious, float sign, float* u, float* w, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* update = u, weight = w;
        bool careful = cautious;
        TV minusStep = TV.All(-step), k = TV.All(keep), s = TV.All(sign);
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count)
        {
            TV d = TV.Load(update + i, end - i), old = TV.Load(weight + i, end - i);
            TV factor = careful ? TV.Select(Opposed(s * d, old), TV.All(1), k) : k;
            TV.MultiplyAdd(minusStep, d, factor * old).Store(weight + i, end - i);
        }
    }

    /// <summary>A mask of the lanes where a·b &lt; 0, without the product, which could underflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Opposed<TV>(TV a, TV b) where TV : unmanaged, ILanes<TV>
    {
        TV zero = TV.All(0);
        return TV.Select(TV.Less(b, zero), TV.Less(zero, a), TV.Select(TV.Less(zero, b), TV.Less(a, zero), zero));
    }
}

/// <summary>One AdamW step in one pass: four reads and three writes a parameter, one division and one root.</summary>
internal unsafe struct AdamWJob(AdamWCall call, float scale, float correction1, float correction2, float* gradient, float* m, float* v, float* w, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* g = gradient, first = m, second = v, weight = w;
        TV b1 = TV.All((float)call.Beta1), w1 = TV.All((float)(1 - call.Beta1)), b2 = TV.All((float)call.Beta2), w2 = TV.All((float)(1 - call.Beta2));
        TV s = TV.All(scale), minusStep = TV.All((float)(-call.Step / correction1)), r = TV.All(1 / correction2), e = TV.All((float)call.Epsilon), keep = TV.All((float)(1 - call.Decay));
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count)
        {
            TV d = s * TV.Load(g + i, end - i);
            TV nextFirst = TV.MultiplyAdd(w1, d, b1 * TV.Load(first + i, end - i));
            TV nextSecond = TV.MultiplyAdd(w2 * d, d, b2 * TV.Load(second + i, end - i));
            TV ratio = nextFirst / (TV.Sqrt(nextSecond * r) + e);
            TV next = TV.MultiplyAdd(minusStep, ratio, keep * TV.Load(weight + i, end - i));
            nextFirst.Store(first + i, end - i);
            nextSecond.Store(second + i, end - i);
            next.Store(weight + i, end - i);
        }
    }
}
