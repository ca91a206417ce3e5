using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary><c>z = alpha·x + beta·y</c>; a null y is 0.</summary>
internal unsafe struct AxpbyJob(float alpha, float* x, float beta, float* y, float* z, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* from = x, other = y, to = z;
        TV a = TV.All(alpha), b = TV.All(beta), term = TV.All(0);
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count)
        {
            if (other != null) term = b * TV.Load(other + i, end - i);
            TV.MultiplyAdd(a, TV.Load(from + i, end - i), term).Store(to + i, end - i);
        }
    }
}

/// <summary>
/// <c>m = alpha·g + beta·m; u = alpha·g + beta·m</c> of the new m, or u = m, and the sign of u if asked for; a closed gate keeps m.
/// </summary>
internal unsafe struct MomentumJob(float alpha, float* g, float beta, float* m, float* u, bool looksAhead, bool signs, bool open, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* gradient = g, momentum = m, ahead = u;
        bool moves = open, looks = looksAhead, sign = signs;
        TV a = TV.All(alpha), b = TV.All(beta);
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count)
        {
            TV d = TV.Load(gradient + i, end - i), moment = TV.Load(momentum + i, end - i);
            if (moves)
            {
                moment = TV.MultiplyAdd(a, d, b * moment);
                moment.Store(momentum + i, end - i);
            }
            if (looks) moment = TV.MultiplyAdd(a, d, b * moment);
            if (sign) moment = SignFunction.Value(moment);
            moment.Store(ahead + i, end - i);
        }
    }
}
