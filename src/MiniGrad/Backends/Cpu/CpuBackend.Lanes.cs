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
        _lanes ??= [.. Enumerable.Range(0, Threads).Select(_ => new CpuBackend(this))];
        return _lanes[index];
    }

    /// <inheritdoc/>
    public void ForEach(int items, ILaneWork work)
    {
        _pool.For(items, work);
        LevelLanes();
    }

    /// <summary>Gives every lane the workspaces of the one that needed most: which lane meets which item depends on the moment, and nothing is to grow in a later step.</summary>
    private void LevelLanes()
    {
        long workspace = 0, scratch = 0, partials = 0;
        foreach (CpuBackend lane in _lanes ?? [])
        {
            workspace = Math.Max(workspace, lane._workspace?.Length ?? 0);
            scratch = Math.Max(scratch, lane._scratch?.Length ?? 0);
            partials = Math.Max(partials, lane._partials?.Length ?? 0);
        }
        foreach (CpuBackend lane in _lanes ?? [])
        {
            if (workspace > 0) Grow(ref lane._workspace, workspace);
            if (scratch > 0) Grow(ref lane._scratch, scratch);
            if (partials > 0) Grow(ref lane._partials, partials);
        }
    }

    private void DisposeLanes()
    {
        foreach (CpuBackend lane in _lanes ?? []) lane.Dispose();
        _lanes = null;
    }
}
