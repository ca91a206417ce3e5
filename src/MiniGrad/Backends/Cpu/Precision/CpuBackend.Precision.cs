using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend : IPrecisionKernels
{
    /// <inheritdoc/>
    public void RoundToBfloat16(BufferView x, BufferView workspace)
    {
        var job = new RoundBfloat16Job(Pointer(x), x.Length);
        _pool.For(Blocks.Count(x.Length), ref job);
    }
}
