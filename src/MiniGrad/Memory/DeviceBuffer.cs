namespace MiniGrad.Memory;

/// <summary>
/// A block of memory that belongs to one back end. Only that back end knows where it lies: a host pointer, a managed
/// array, a GPU allocation. Everybody else passes <see cref="BufferView"/>s of it around.
/// </summary>
/// <param name="length">Number of elements.</param>
/// <param name="elementType">What the elements are.</param>
public abstract class DeviceBuffer(long length, ElementType elementType) : IDisposable
{
    /// <summary>Number of elements.</summary>
    public long Length { get; } = length;

    /// <summary>What the elements are.</summary>
    public ElementType ElementType { get; } = elementType;

    /// <summary>Whether the memory was given back.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>The whole buffer.</summary>
    public BufferView View => new(this, 0, Length);

    /// <summary>Gives the memory back. A second call does nothing.</summary>
    public void Dispose()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back; called once.</summary>
    protected abstract void Free();
}
