using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>Numbers that are kept in bfloat16, two in the room of one.</summary>
/// <param name="Words">The memory.</param>
/// <param name="First">The number in it that is the view's first.</param>
internal readonly record struct HalfView(BufferView Words, long First);

/// <summary>
/// Numbers that are bfloat16 already, kept two in the room of one, as a back end that multiplies in bfloat16 may keep what only
/// its products and nonlinearities read again. A view of n such numbers has ⌈n/2⌉ real elements.
/// </summary>
internal interface IBfloat16Storage
{
    /// <summary>Elements that a view of n numbers has.</summary>
    /// <param name="numbers">n.</param>
    static long Length(long numbers) => (numbers + 1) / 2;

    /// <summary>Rounds to the nearest bfloat16, ties to even, in place, and copies the result into half the room.</summary>
    /// <param name="x">n numbers.</param>
    /// <param name="half">⌈n/2⌉ elements.</param>
    void Compress(BufferView x, BufferView half);

    /// <summary>The numbers again.</summary>
    /// <param name="half">⌈n/2⌉ elements.</param>
    /// <param name="x">n numbers.</param>
    void Expand(BufferView half, BufferView x);

    /// <summary><c>y = f(x)</c>.</summary>
    /// <param name="operation">f.</param>
    /// <param name="half">x, ⌈n/2⌉ elements.</param>
    /// <param name="y">n numbers.</param>
    void UnaryOfHalf(UnaryOperation operation, BufferView half, BufferView y);

    /// <summary><c>dX = f′(x)·dY</c>; dX may be dY.</summary>
    /// <param name="operation">f.</param>
    /// <param name="half">x, ⌈n/2⌉ elements.</param>
    /// <param name="dY">n numbers.</param>
    /// <param name="dX">n numbers.</param>
    void UnaryBackwardOfHalf(UnaryOperation operation, BufferView half, BufferView dY, BufferView dX);

    /// <inheritdoc cref="IAttentionKernels.Attention"/>
    void AttentionOfHalf(in AttentionShape shape, HalfView q, HalfView k, HalfView v, BufferView output, BufferView logSumExp, BufferView maxLogit);

    /// <inheritdoc cref="IAttentionKernels.AttentionBackward"/>
    void AttentionBackwardOfHalf(in AttentionShape shape, HalfView q, HalfView k, HalfView v, BufferView output, BufferView logSumExp, BufferView dOutput, BufferView dQ, BufferView dK, BufferView dV, bool accumulate);
}
