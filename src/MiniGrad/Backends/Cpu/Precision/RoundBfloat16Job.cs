using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>Rounds to bfloat16 and back, in place, as <see cref="Bfloat16.Round"/> does.</summary>
internal unsafe struct RoundBfloat16Job(float* x, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* at = x;
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count) TV.ToBfloat16(TV.Load(at + i, end - i)).Store(at + i, end - i);
    }
}
