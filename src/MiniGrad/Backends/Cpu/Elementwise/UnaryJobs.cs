using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>How the argument of a function is kept.</summary>
internal unsafe interface IKept
{
    /// <summary>Reads as many lanes as there are, at most <paramref name="count"/> ≥ 1, from the number at an index.</summary>
    static abstract TV Load<TV>(float* x, long index, long count) where TV : unmanaged, ILanes<TV>;
}

/// <summary>In float32.</summary>
internal readonly unsafe struct KeptWhole : IKept
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Load<TV>(float* x, long index, long count) where TV : unmanaged, ILanes<TV> => TV.Load(x + index, count);
}

/// <summary>In bfloat16.</summary>
internal readonly unsafe struct KeptHalf : IKept
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Load<TV>(float* x, long index, long count) where TV : unmanaged, ILanes<TV> => TV.LoadBfloat16((ushort*)x + index, count);
}

/// <summary><c>y = f(x)</c>.</summary>
internal unsafe struct UnaryJob<TFunction, TKept>(float* x, float* y, long length) : ISimdJob
    where TFunction : struct, IUnaryFunction
    where TKept : struct, IKept
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* from = x, to = y;
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count) TFunction.Value(TKept.Load<TV>(from, i, end - i)).Store(to + i, end - i);
    }
}

/// <summary><c>dX (+)= f′(x)·dY</c>.</summary>
internal unsafe struct UnaryBackwardJob<TFunction, TKept>(float* x, float* dY, float* dX, long length, bool accumulate) : ISimdJob
    where TFunction : struct, IUnaryFunction
    where TKept : struct, IKept
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
            TV gradient = TFunction.Slope(TKept.Load<TV>(at, i, end - i)) * TV.Load(upper + i, end - i);
            if (adds) gradient += TV.Load(to + i, end - i);
            gradient.Store(to + i, end - i);
        }
    }
}
