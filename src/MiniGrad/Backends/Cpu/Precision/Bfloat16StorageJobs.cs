using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>Rounds to bfloat16 in place and copies the result into half the room.</summary>
internal unsafe struct CompressJob(float* x, ushort* half, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* at = x;
        ushort* to = half;
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count)
        {
            TV rounded = TV.ToBfloat16(TV.Load(at + i, end - i));
            rounded.Store(at + i, end - i);
            rounded.StoreBfloat16(to + i, end - i);
        }
    }
}

/// <summary>Writes bfloat16 numbers out as float32.</summary>
internal unsafe struct ExpandJob(ushort* half, float* x, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        ushort* from = half;
        float* to = x;
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count) TV.LoadBfloat16(from + i, end - i).Store(to + i, end - i);
    }
}
