using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary><c>y = f(x)</c>.</summary>
internal unsafe struct UnaryJob<TFunction>(float* x, float* y, long length) : ISimdJob where TFunction : struct, IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* from = x, to = y;
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count) TFunction.Value(TV.Load(from + i, end - i)).Store(to + i, end - i);
    }
}

/// <summary><c>dX (+)= f′(x)·dY</c>.</summary>
internal unsafe struct UnaryBackwardJob<TFunction>(float* x, float* dY, float* dX, long length, bool accumulate) : ISimdJob where TFunction : struct, IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* at = x, upper = dY, to = dX;
        bool adds = accumulate;
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count)
        {
            TV gradient = TFunction.Slope(TV.Load(at + i, end - i)) * TV.Load(upper + i, end - i);
            if (adds) gradient += TV.Load(to + i, end - i);
            gradient.Store(to + i, end - i);
        }
    }
}
