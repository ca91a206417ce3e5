using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>Reductions, all in a fixed order, so that 1 and 2 threads give the same bits.</summary>
public interface IReductionKernels
{
    /// <summary><c>y[o,i] (+)= alpha·Σ_a x[o,a,i]</c>.</summary>
    /// <param name="outer">Size before the summed dimension.</param>
    /// <param name="axis">Size of the summed dimension.</param>
    /// <param name="inner">Size after it.</param>
    /// <param name="alpha">Factor.</param>
    /// <param name="x">Operand, outer×axis×inner.</param>
    /// <param name="y">Result, outer×inner.</param>
    /// <param name="accumulate">Whether to add to y.</param>
    void SumAxis(long outer, int axis, long inner, double alpha, BufferView x, BufferView y, bool accumulate);

    /// <summary><c>result = ⟨x, y⟩ = Σ x⊙y</c>.</summary>
    /// <param name="x">First operand.</param>
    /// <param name="y">Second operand, of the same length.</param>
    /// <param name="result">One element.</param>
    void Dot(BufferView x, BufferView y, BufferView result);

    /// <summary><c>result = ‖x‖₂</c>, free of underflow and overflow for squares that the precision cannot hold.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="result">One element; NaN or infinity when x holds one.</param>
    void Norm(BufferView x, BufferView result);

    /// <summary>The norms of vectors of equal length that lie one behind the other, each as <see cref="Norm"/> computes it.</summary>
    /// <param name="count">How many, above 0.</param>
    /// <param name="x">The vectors.</param>
    /// <param name="results">One element a vector.</param>
    void Norms(int count, BufferView x, BufferView results)
    {
        long length = x.Length / count;
        for (int i = 0; i < count; i++) Norm(x.Slice(i * length, length), results.Element(i));
    }
}
