using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void SwiGlu(int rows, int columns, int leading, BufferView gate, BufferView up, BufferView y) =>
        For(Blocks.Count(rows, Blocks.Rows(columns)), new SwiGluJob(rows, columns, leading, Pointer(gate), Pointer(up), Pointer(y)));

    /// <inheritdoc/>
    public void SwiGluBackward(int rows, int columns, int leading, BufferView gate, BufferView up, BufferView dY, BufferView dGate, BufferView dUp, bool accumulate) =>
        For(Blocks.Count(rows, Blocks.Rows(columns)), new SwiGluBackwardJob(rows, columns, leading, Pointer(gate), Pointer(up), Pointer(dY), Pointer(dGate), Pointer(dUp), accumulate));
}
