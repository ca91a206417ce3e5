using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend : IPrecisionKernels
{
    /// <inheritdoc/>
    public void RoundToBfloat16(BufferView x, BufferView workspace) => For(Blocks.Count(x.Length), new RoundBfloat16Job(Pointer(x), x.Length));

    /// <inheritdoc/>
    public void PackBfloat16(RoundingKey key, BufferView x, BufferView words, BufferView draws, BufferView gate)
    {
        if (!IsOpen(gate)) return;
        int* count = IntPointer(draws);
        var job = new PackBfloat16Job(key, (uint)*count, Pointer(x), (ushort*)IntPointer(words), x.Length);
        _pool.For(Blocks.Count(x.Length), ref job);
        (*count)++;
    }

    /// <inheritdoc/>
    public void UnpackBfloat16(BufferView words, BufferView x) =>
        For(Blocks.Count(x.Length), new ExpandJob((ushort*)IntPointer(words), Pointer(x), x.Length));

    /// <inheritdoc/>
    public void PackSigns(BufferView x, BufferView words, BufferView gate)
    {
        if (!IsOpen(gate)) return;
        var job = new PackSignsJob(Pointer(x), IntPointer(words), x.Length);
        _pool.For(Blocks.Count(x.Length), ref job);
    }

    /// <inheritdoc/>
    public void ApplySigns(BufferView words, BufferView x)
    {
        var job = new ApplySignsJob(IntPointer(words), Pointer(x), x.Length);
        _pool.For(Blocks.Count(x.Length), ref job);
    }
}
