using MiniGrad.Backends;

namespace MiniGrad.Memory;

/// <summary>
/// The memory of one step's temporaries: a bump allocator over a few large buffers, emptied as a whole when the step ends.
/// The shapes of a training step repeat, so after the first step everything lies in one buffer and nothing is allocated.
/// </summary>
/// <param name="backend">Where the memory comes from.</param>
/// <param name="elementType">What the elements are.</param>
/// <param name="lender">An arena that the buffers are parts of, or null where they come from the back end; it may lend to several at the same time.</param>
public sealed class TensorArena(IBackend backend, ElementType elementType = ElementType.Real, TensorArena? lender = null) : IDisposable
{
    /// <summary>Every allocation starts at a multiple of this many elements (64 bytes of float32, a cache line).</summary>
    public const int Alignment = 16;

    private const long SmallestChunk = 1 << 16;
    private readonly List<BufferView> _chunks = [];
    private readonly Dictionary<long, Stack<BufferView>> _recycled = [];
    private readonly List<BufferView> _held = [];
    private readonly Lock _lending = new();
    private bool _holds;
    private int _chunk;
    private long _used;
    private long _bumped;
    private long _mostBumped;

    /// <summary>Elements handed out and not yet released.</summary>
    public long LiveElements { get; private set; }

    /// <summary>Views handed out and not yet released.</summary>
    public long LiveViews { get; private set; }

    /// <summary>The most elements that were live at once since the arena was made.</summary>
    public long PeakElements { get; private set; }

    /// <summary>Elements reserved from the back end.</summary>
    public long ReservedElements { get; private set; }

    /// <summary>Bytes live now.</summary>
    public long LiveBytes => LiveElements * ElementSize;

    /// <summary>The most bytes live at once.</summary>
    public long PeakBytes => PeakElements * ElementSize;

    /// <summary>Hands out memory of unspecified content that lives until the step ends or it is released.</summary>
    /// <param name="length">Number of elements; 0 is allowed.</param>
    public BufferView Allocate(long length)
    {
        BufferView view = _recycled.TryGetValue(length, out Stack<BufferView>? free) && free.Count > 0 ? free.Pop() : Bump(length);
        LiveElements += length;
        LiveViews++;
        PeakElements = Math.Max(PeakElements, LiveElements);
        return view;
    }

    /// <summary>Takes memory back before the step ends, for the next allocation of the same length.</summary>
    /// <param name="view">A whole view from <see cref="Allocate"/>, released once.</param>
    public void Release(BufferView view)
    {
        if (view.IsEmpty) return;
        LiveElements -= view.Length;
        LiveViews--;
        if (_holds) _held.Add(view);
        else Recycle(view);
    }

    /// <summary>Keeps what is released from being handed out again, for strands of work that may run at the same time.</summary>
    internal void HoldReleases() => _holds = true;

    /// <summary>What was released meanwhile may be handed out again.</summary>
    internal void EndHold()
    {
        _holds = false;
        foreach (BufferView view in _held) Recycle(view);
        _held.Clear();
    }

    private void Recycle(BufferView view)
    {
        if (!_recycled.TryGetValue(view.Length, out Stack<BufferView>? free)) _recycled[view.Length] = free = new Stack<BufferView>();
        free.Push(view);
    }

    /// <summary>Takes everything back. Where a step needed several buffers, one of their total size replaces them.</summary>
    public void Reset()
    {
        foreach (Stack<BufferView> free in _recycled.Values) free.Clear();
        _held.Clear();
        _holds = false;
        LiveElements = LiveViews = _used = _bumped = _chunk = 0;
        if (_chunks.Count > 1) Reserve(_mostBumped);
    }

    /// <summary>Makes room for a step's temporaries in advance; nothing may be handed out at the time.</summary>
    /// <param name="elements">Number of elements.</param>
    internal void Reserve(long elements)
    {
        FreeChunks();
        if (elements > 0) AddChunk(elements);
    }

    /// <summary>Gives all memory up; nothing may be handed out at the time.</summary>
    /// <returns>Elements that would suffice for what was handed out between two calls of <see cref="Reset"/>.</returns>
    internal long Clear()
    {
        FreeChunks();
        return _mostBumped;
    }

    /// <summary>Gives the memory back to the back end.</summary>
    public void Dispose()
    {
        _recycled.Clear();
        LiveElements = LiveViews = 0;
        FreeChunks();
    }

    private int ElementSize => elementType == ElementType.Real ? backend.RealSize : sizeof(int);

    private BufferView Bump(long length)
    {
        long padded = Math.Max(Alignment, (length + Alignment - 1) / Alignment * Alignment);
        while (_chunk < _chunks.Count && _used + padded > _chunks[_chunk].Length)
        {
            _chunk++;
            _used = 0;
        }
        if (_chunk == _chunks.Count) AddChunk(Math.Max(Math.Max(padded, SmallestChunk), ReservedElements));
        BufferView view = _chunks[_chunk].Slice(_used, length);
        _used += padded;
        _bumped += padded;
        _mostBumped = Math.Max(_mostBumped, _bumped);
        return view;
    }

    private void AddChunk(long length)
    {
        _chunks.Add(lender?.Lend(length) ?? backend.Allocate(length, elementType).View);
        ReservedElements += length;
        _used = 0;
    }

    private BufferView Lend(long length)
    {
        lock (_lending) return Allocate(length);
    }

    private void TakeBack(BufferView chunk)
    {
        lock (_lending) Release(chunk);
    }

    private void FreeChunks()
    {
        foreach (BufferView chunk in _chunks)
        {
            if (lender is null) chunk.Buffer.Dispose();
            else lender.TakeBack(chunk);
        }
        _chunks.Clear();
        ReservedElements = 0;
        _chunk = 0;
        _used = 0;
    }
}
