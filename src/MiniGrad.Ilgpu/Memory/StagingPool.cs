using ILGPU.Runtime;

namespace MiniGrad.Ilgpu;

/// <summary>
/// Host memory that uploads are copied to before the device fetches them, so that the caller may reuse its own at once
/// and nobody waits: page-locked on CUDA, pinned elsewhere. It is used up until the stream is known to be done
/// (any download), and then from the start again.
/// </summary>
/// <param name="accelerator">The device.</param>
/// <param name="pageLocked">Whether the driver can lock pages.</param>
internal sealed class StagingPool(Accelerator accelerator, bool pageLocked) : IDisposable
{
    private const int SmallestBlock = 1 << 16;

    /// <summary>More than this waiting for the device is no help any more.</summary>
    private const long MostBytes = 64L << 20;

    private readonly List<int[]> _pinned = [];
    private readonly List<PageLockedArray1D<int>> _locked = [];
    private int _block;
    private int _used;
    private long _total;

    /// <summary>Whether an upload of this many elements has to wait for the stream first.</summary>
    public bool IsFull(int length) => _total > 0 && (4L * length) + _total > MostBytes && !Fits(length);

    /// <summary>Room for 32-bit elements that stays untouched until <see cref="Reset"/>.</summary>
    public Span<int> Take(int length)
    {
        while (_block < Count && !Fits(length))
        {
            _block++;
            _used = 0;
        }
        if (_block == Count) Add(Math.Max(length, SmallestBlock));
        Span<int> room = Block(_block).Slice(_used, length);
        _used += length;
        return room;
    }

    /// <summary>Takes everything back; the stream must be done.</summary>
    public void Reset() => _block = _used = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PageLockedArray1D<int> block in _locked) block.Dispose();
        _locked.Clear();
        _pinned.Clear();
    }

    private int Count => pageLocked ? _locked.Count : _pinned.Count;

    private bool Fits(int length) => _block < Count && _used + (long)length <= Block(_block).Length;

    private Span<int> Block(int index) => pageLocked ? _locked[index].Span : _pinned[index];

    private void Add(int length)
    {
        if (pageLocked) _locked.Add(accelerator.AllocatePageLocked1D<int>(length));
        else _pinned.Add(GC.AllocateUninitializedArray<int>(length, pinned: true));
        _total += 4L * length;
        _used = 0;
    }
}
