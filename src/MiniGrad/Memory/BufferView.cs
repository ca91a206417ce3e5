namespace MiniGrad.Memory;

/// <summary>A run of elements in a back end's buffer. The default value is the empty view, "no operand".</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="Offset">First element.</param>
/// <param name="Length">Number of elements.</param>
public readonly record struct BufferView(DeviceBuffer Buffer, long Offset, long Length)
{
    /// <summary>Whether this stands for "no operand".</summary>
    public bool IsEmpty => Buffer is null;

    /// <summary>A part of this view.</summary>
    /// <param name="offset">First element, counted from this view's first.</param>
    /// <param name="length">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie inside the view.</exception>
    public BufferView Slice(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"slice: [{offset}, {offset + length}) does not lie inside a view of {Length} elements");
        }
        return new BufferView(Buffer, Offset + offset, length);
    }

    /// <summary>One element as a view, for scalars that stay where they were computed.</summary>
    /// <param name="index">The element, counted from this view's first.</param>
    public BufferView Element(long index) => Slice(index, 1);
}
