namespace MiniGrad;

/// <summary>
/// What a matrix product rounds its operands to before it multiplies them; sums, and everything that is stored, keep the
/// back end's own precision. Which of them a back end has: <see cref="Backends.IMatrixKernels.Supports"/>.
/// </summary>
public enum Precision
{
    /// <summary>As they are: the back end's own precision.</summary>
    Float32,

    /// <summary>TensorFloat-32: float32's range with 11 significant bits, on GPUs that multiply it faster.</summary>
    Tf32,

    /// <summary>
    /// bfloat16: float32's range with 8 significant bits. Each operand is rounded to the nearest, ties to even (a NaN becomes the
    /// quiet one), and its subnormals count as zero. A term is then exact in float32; terms are added in pairs of k, the odd one
    /// first, each by one fused multiply-add whose result is flushed to a zero of its sign where it is subnormal. That is Intel's
    /// and AMD's VDPBF16PS, so that hardware and emulation agree to the bit. A back end in float64 multiplies unrounded.
    /// </summary>
    Bfloat16,
}
