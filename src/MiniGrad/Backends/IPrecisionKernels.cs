using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>Where a tensor's stochastic rounding takes its random bits: the i-th time it is packed, element j takes 16 bits that are a function of (seed, stream, i, j).</summary>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Stream">The tensor.</param>
public readonly record struct RoundingKey(ulong Seed, uint Stream);

/// <summary>Kernels that round, and the packed formats of optimizer state, which are the same to the bit on every back end.</summary>
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

    /// <summary>
    /// Packs bfloat16 numbers in pairs, rounding stochastically: up with the probability of what is dropped, so that the mean error is 0.
    /// What fits is kept as it is.
    /// </summary>
    /// <param name="key">Where the random bits are from.</param>
    /// <param name="x">n numbers.</param>
    /// <param name="words">⌈n/2⌉ integers, the even element in the lower half.</param>
    /// <param name="draws">One integer: how often this tensor was packed; raised by one.</param>
    /// <param name="gate">One element, or empty for 1.</param>
    void PackBfloat16(RoundingKey key, BufferView x, BufferView words, BufferView draws, BufferView gate);

    /// <summary>The numbers that <see cref="PackBfloat16"/> packed.</summary>
    /// <param name="words">⌈n/2⌉ integers.</param>
    /// <param name="x">n numbers.</param>
    void UnpackBfloat16(BufferView words, BufferView x);

    /// <summary>Packs signs, one bit each: bit i mod 32 of word ⌊i/32⌋ is 1 where x_i &gt; 0.</summary>
    /// <param name="x">n numbers.</param>
    /// <param name="words">⌈n/32⌉ integers; the bits beyond n are 0.</param>
    /// <param name="gate">One element, or empty for 1.</param>
    void PackSigns(BufferView x, BufferView words, BufferView gate);

    /// <summary>Gives numbers the packed signs, in place: x_i stays where the bit is 1 and becomes −x_i where it is 0.</summary>
    /// <param name="words">⌈n/32⌉ integers.</param>
    /// <param name="x">n numbers.</param>
    void ApplySigns(BufferView words, BufferView x);
}
