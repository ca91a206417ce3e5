using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>How two numbers are compared; NaN compares as in IEEE 754.</summary>
public enum Comparison
{
    /// <summary>a &gt; b.</summary>
    Greater,

    /// <summary>a ≥ b.</summary>
    GreaterOrEqual,

    /// <summary>a = b.</summary>
    Equal,
}

/// <summary>Kernels that compare, choose and place elements.</summary>
public interface ISelectionKernels
{
    /// <summary>Copies a block of a wider matrix into a block of another: <c>y[r, :] (+)= x[r, :]</c>; by default a kernel a row.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns of the block.</param>
    /// <param name="x">From, from its block's first element on.</param>
    /// <param name="leadingX">Elements between rows of x.</param>
    /// <param name="y">To, from its block's first element on.</param>
    /// <param name="leadingY">Elements between rows of y.</param>
    /// <param name="accumulate">Whether to add to y.</param>
    void CopyRows(int rows, int columns, BufferView x, long leadingX, BufferView y, long leadingY, bool accumulate)
    {
        var backend = (IBackend)this;
        if (columns == 0) return;
        for (int r = 0; r < rows; r++)
        {
            BufferView from = x.Slice(r * leadingX, columns), to = y.Slice(r * leadingY, columns);
            if (accumulate) backend.Axpby(1, default, from, 1, to, to, default);
            else backend.Copy(from, to);
        }
    }

    /// <summary>The largest element along a dimension, of equal ones the first; NaN where there is one.</summary>
    /// <param name="outer">Size before the dimension.</param>
    /// <param name="axis">Size of the dimension, at least 1.</param>
    /// <param name="inner">Size after it.</param>
    /// <param name="x">Operand, outer×axis×inner.</param>
    /// <param name="y">Receives the largest, outer×inner; or empty.</param>
    /// <param name="chosen">Receives 1 where it stands and 0 elsewhere, outer×axis×inner; or empty.</param>
    /// <param name="places">Receives where it stands, outer×inner integers; or empty.</param>
    void MaxAxis(long outer, int axis, long inner, BufferView x, BufferView y, BufferView chosen, BufferView places);

    /// <summary><c>y = 1</c> where the comparison holds, else 0, with broadcasting.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="layout">How a and b fill the common shape.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    /// <param name="y">Result, of the common shape.</param>
    void Compare(Comparison comparison, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y);

    /// <summary><c>y = a</c> where the condition is not 0, else b. All have one length; an empty a or b stands for zeros.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="a">Taken where it holds, or empty.</param>
    /// <param name="b">Taken where it does not, or empty.</param>
    /// <param name="y">Result; may be the view of a or b.</param>
    void Select(BufferView condition, BufferView a, BufferView b, BufferView y);
}
