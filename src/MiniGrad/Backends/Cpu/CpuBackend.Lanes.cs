namespace MiniGrad.Backends.Cpu;

/// <content>Lanes: a back end of one thread for each thread of the pool, with workspaces of its own.</content>
public sealed unsafe partial class CpuBackend
{
    private CpuBackend[]? _lanes;

    /// <inheritdoc/>
    public int Lanes => Threads;

    /// <inheritdoc/>
    public IBackend Lane(int index)
    {
        if (Threads == 1) return this;
        _lanes ??= [.. Enumerable.Range(0, Threads).Select(_ => new CpuBackend(1, Transfers))];
        return _lanes[index];
    }

    /// <inheritdoc/>
    public void ForEach(int items, ILaneWork work) => _pool.For(items, work);

    private void DisposeLanes()
    {
        foreach (CpuBackend lane in _lanes ?? []) lane.Dispose();
        _lanes = null;
    }
}
