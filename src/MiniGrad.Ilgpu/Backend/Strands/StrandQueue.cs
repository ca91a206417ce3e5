namespace MiniGrad.Ilgpu;

/// <summary>
/// The launches of several strands of work, kept until the last strand has been told, so that the strands that do the same can do it together: the k-th
/// kernel of all of them is one launch. Strands do not depend on each other, so their order means nothing; within a strand it is kept.
/// </summary>
internal sealed class StrandQueue
{
    private readonly List<Entry> _entries = [];
    private readonly List<int> _starts = [];
    private readonly List<bool> _done = [];
    private readonly List<LaunchQueue> _used = [];
    private readonly int[] _indices = new int[Kernels.Sixteen<int>.Most];
    private readonly int[] _together = new int[Kernels.Sixteen<int>.Most];

    /// <summary>Whether launches are kept at present.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Opens the first strand.</summary>
    public void Begin()
    {
        IsOpen = true;
        Next();
    }

    /// <summary>Opens the next strand.</summary>
    public void Next() => _starts.Add(_entries.Count);

    /// <summary>Keeps a launch.</summary>
    public void Add(LaunchQueue queue, int index)
    {
        if (queue.IsNew) _used.Add(queue);
        queue.IsNew = false;
        _entries.Add(new Entry(queue, index));
    }

    /// <summary>Launches everything.</summary>
    public void End()
    {
        IsOpen = false;
        int strands = _starts.Count;
        _starts.Add(_entries.Count);
        for (int i = 0; i < strands; i++) _done.Add(false);
        for (int first = 0; first < strands; first++)
        {
            if (_done[first]) continue;
            int count = 0;
            for (int other = first; other < strands && count < _together.Length; other++)
            {
                if (_done[other] || !Alike(first, other)) continue;
                _done[other] = true;
                _together[count++] = other;
            }
            Launch(count);
        }
        _entries.Clear();
        _starts.Clear();
        _done.Clear();
        foreach (LaunchQueue queue in _used) queue.Clear();
        _used.Clear();
    }

    private void Launch(int count)
    {
        int length = LengthOf(_together[0]);
        for (int k = 0; k < length; k++)
        {
            LaunchQueue queue = _entries[_starts[_together[0]] + k].Queue;
            for (int i = 0; i < count; i++) _indices[i] = _entries[_starts[_together[i]] + k].Index;
            if (count > 1 && queue.TryLaunchTogether(_indices.AsSpan(0, count))) continue;
            for (int i = 0; i < count; i++) queue.Launch(_indices[i]);
        }
    }

    private bool Alike(int a, int b)
    {
        int length = LengthOf(a);
        if (LengthOf(b) != length) return false;
        for (int k = 0; k < length; k++)
        {
            if (!ReferenceEquals(_entries[_starts[a] + k].Queue, _entries[_starts[b] + k].Queue)) return false;
        }
        return true;
    }

    private int LengthOf(int strand) => _starts[strand + 1] - _starts[strand];

    private readonly record struct Entry(LaunchQueue Queue, int Index);
}

/// <summary>The launches of one kernel that were kept.</summary>
internal abstract class LaunchQueue
{
    /// <summary>Whether nothing was kept since the last <see cref="Clear"/>.</summary>
    public bool IsNew { get; set; } = true;

    /// <summary>Makes one launch.</summary>
    public abstract void Launch(int index);

    /// <summary>Makes several launches as one; false when this kernel cannot.</summary>
    public abstract bool TryLaunchTogether(ReadOnlySpan<int> indices);

    /// <summary>Forgets all.</summary>
    public abstract void Clear();
}

/// <summary>What is kept of the launches of one kernel.</summary>
/// <param name="launch">Makes one.</param>
/// <param name="together">Makes several as one, or null; false when the device cannot.</param>
internal sealed class LaunchQueue<TArgs>(LaunchQueue<TArgs>.One launch, LaunchQueue<TArgs>.Several? together) : LaunchQueue
    where TArgs : struct
{
    private readonly List<Kept> _kept = [];

    public delegate void One(in Kept kept);

    public delegate bool Several(List<Kept> kept, ReadOnlySpan<int> indices);

    /// <summary>A launch: its grid (or its number of indices, as X) and its arguments.</summary>
    public readonly record struct Kept(long X, int Y, int Z, TArgs Args);

    /// <summary>Keeps a launch.</summary>
    /// <returns>Its index.</returns>
    public int Keep(in Kept kept)
    {
        _kept.Add(kept);
        return _kept.Count - 1;
    }

    /// <inheritdoc/>
    public override void Launch(int index) => launch(_kept[index]);

    /// <inheritdoc/>
    public override bool TryLaunchTogether(ReadOnlySpan<int> indices) => together?.Invoke(_kept, indices) == true;

    /// <inheritdoc/>
    public override void Clear()
    {
        _kept.Clear();
        IsNew = true;
    }
}
