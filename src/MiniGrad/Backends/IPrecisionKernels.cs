using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>Kernels that round, and the packed formats of optimizer state.</summary>
public interface IPrecisionKernels
{
    /// <summary>
    /// Rounds to bfloat16's 8 significant bits, ties to even, in place (Dekker's splitting: <c>w = (2ˢ+1)x; x ← w − (w − x)</c>).
    /// The range stays the back end's own.
    /// </summary>
    /// <param name="x">What is rounded, of magnitudes that stay finite when multiplied by 2ˢ.</param>
    /// <param name="workspace">As many elements; overwritten.</param>
    void RoundToBfloat16(BufferView x, BufferView workspace)
    {
        var backend = (IBackend)this;
        int dropped = (backend.RealSize == sizeof(float) ? 24 : 53) - 8;
        backend.Axpby(Math.ScaleB(1, dropped) + 1, default, x, 0, default, workspace, default);
        backend.Axpby(-1, default, x, 1, workspace, x, default);
        backend.Axpby(-1, default, x, 1, workspace, x, default);
    }
}
