using ILGPU;
using ILGPU.Runtime;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>Every launch goes through here: at once, or with those of other strands.</content>
public sealed partial class IlgpuBackend
{
    private readonly StrandQueue _strands = new();
    private readonly Dictionary<object, LaunchQueue> _queues = new(ReferenceEqualityComparer.Instance);
    private readonly List<IlgpuBuffer> _outgrown = [];
    private readonly HashSet<object> _alone = new(ReferenceEqualityComparer.Instance);
    private long _workspaceUsed;

    private Index3D RowGroup => new(_session.RowThreads, 1, 1);

    /// <inheritdoc/>
    public void BeginStrands() => _strands.Begin();

    /// <inheritdoc/>
    public void NextStrand()
    {
        if (_strands.IsOpen) _strands.Next();
    }

    /// <inheritdoc/>
    public void EndStrands()
    {
        if (!_strands.IsOpen) return; // something had to be waited for in between
        _strands.End();
        _workspaceUsed = 0;
        if (_outgrown.Count == 0) return;
        _stream.Synchronize();
        foreach (IlgpuBuffer buffer in _outgrown) buffer.Dispose();
        _outgrown.Clear();
    }

    /// <summary>A kernel for each index.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="count">How many indices.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="together">The same kernel for several strands, or null.</param>
    private void Each<TArgs>(Action<Index1D, TArgs> kernel, long count, TArgs args, Action<Sixteen<TArgs>>? together = null)
        where TArgs : struct
    {
        if (!_strands.IsOpen)
        {
            KernelsQueued++;
            _session.Launcher.Each(_stream, kernel, count, args);
            return;
        }
        Keep(Find<TArgs>(kernel) ?? QueueOfEach(kernel, together), new(count, 1, 1, args));
    }

    /// <summary>A kernel of one-dimensional groups.</summary>
    private void Rows<TArgs>(Action<TArgs> kernel, int groups, TArgs args, Action<Sixteen<TArgs>>? together = null)
        where TArgs : struct
    {
        if (!_strands.IsOpen)
        {
            Groups(kernel, new Index3D(groups, 1, 1), RowGroup, args);
            return;
        }
        Keep(Find<TArgs>(kernel) ?? QueueOfRows(kernel, together), new(groups, 1, 1, args));
    }

    /// <summary>A kernel of square groups, in the size that the device can run.</summary>
    private void Tiles<TArgs>(Action<TArgs> large, Action<TArgs> small, Index3D grid, TArgs args)
        where TArgs : struct => Square(_session.TileSide == IlgpuSession.LargeSide ? large : small, grid, args);

    /// <summary>A kernel of square groups; the one for several strands needs a grid of one dimension.</summary>
    private void Square<TArgs>(Action<TArgs> kernel, Index3D grid, TArgs args, Action<Sixteen<TArgs>>? together = null)
        where TArgs : struct
    {
        if (!_strands.IsOpen)
        {
            Groups(kernel, grid, new Index3D(_session.TileSide, _session.TileSide, 1), args);
            return;
        }
        Keep(Find<TArgs>(kernel) ?? QueueOfSquare(kernel, together), new(grid.X, grid.Y, grid.Z, args));
    }

    private void Groups<TArgs>(Action<TArgs> kernel, Index3D grid, Index3D group, TArgs args)
        where TArgs : struct
    {
        KernelsQueued++;
        _session.Launcher.Groups(_stream, kernel, grid, group, args);
    }

    private void Keep<TArgs>(LaunchQueue<TArgs> queue, in LaunchQueue<TArgs>.Kept kept)
        where TArgs : struct => _strands.Add(queue, queue.Keep(kept));

    private LaunchQueue<TArgs>? Find<TArgs>(object kernel)
        where TArgs : struct => _queues.TryGetValue(kernel, out LaunchQueue? queue) ? (LaunchQueue<TArgs>)queue : null;

    // Closures are made once a kernel, never in a step.
    private LaunchQueue<TArgs> QueueOfEach<TArgs>(Action<Index1D, TArgs> kernel, Action<Sixteen<TArgs>>? together)
        where TArgs : struct => Made(kernel, (in LaunchQueue<TArgs>.Kept kept) => Each(kernel, kept.X, kept.Args), together, RowGroup, _session.RowThreads);

    private LaunchQueue<TArgs> QueueOfRows<TArgs>(Action<TArgs> kernel, Action<Sixteen<TArgs>>? together)
        where TArgs : struct => Made(kernel, (in LaunchQueue<TArgs>.Kept kept) => Rows(kernel, (int)kept.X, kept.Args), together, RowGroup, 1);

    private LaunchQueue<TArgs> QueueOfSquare<TArgs>(Action<TArgs> kernel, Action<Sixteen<TArgs>>? together)
        where TArgs : struct => Made(kernel, (in LaunchQueue<TArgs>.Kept kept) => Square(kernel, new Index3D((int)kept.X, kept.Y, kept.Z), kept.Args), together, new Index3D(_session.TileSide, _session.TileSide, 1), 1);

    private LaunchQueue<TArgs> Made<TArgs>(object kernel, LaunchQueue<TArgs>.One launch, Action<Sixteen<TArgs>>? together, Index3D group, int perGroup)
        where TArgs : struct
    {
        LaunchQueue<TArgs>.Several? several = together is null ? null : (list, indices) => TryTogether(together, list, indices, group, perGroup);
        var queue = new LaunchQueue<TArgs>(launch, several);
        _queues[kernel] = queue;
        return queue;
    }

    private bool TryTogether<TArgs>(Action<Sixteen<TArgs>> kernel, List<LaunchQueue<TArgs>.Kept> kept, ReadOnlySpan<int> indices, Index3D group, int perGroup)
        where TArgs : struct
    {
        if (_alone.Contains(kernel)) return false;
        Sixteen<TArgs> args = default;
        long groups = 1;
        // Layers that are not used have the last strand's views, since a driver wants some.
        for (int i = 0; i < Sixteen<TArgs>.Most; i++)
        {
            LaunchQueue<TArgs>.Kept one = kept[indices[Math.Min(i, indices.Length - 1)]];
            args.Set(i, one.Args, (int)one.X);
            groups = Math.Max(groups, (one.X + perGroup - 1) / perGroup);
        }
        try
        {
            Groups(kernel, new Index3D((int)groups, indices.Length, 1), group, args);
            return true;
        }
        catch (Exception e) when (e is AcceleratorException or NotSupportedException)
        {
            // A driver may take fewer arguments than this kernel has.
            KernelsQueued--;
            _alone.Add(kernel);
            return false;
        }
    }

    /// <summary>What has to be waited for ends the strands: they are launched one after the other, and what follows is launched at once.</summary>
    private void EndStrandsEarly()
    {
        if (_strands.IsOpen) EndStrands();
    }

    /// <summary>Room for a kernel's partial results; grows, so that the steady state allocates nothing. Strands have room of their own.</summary>
    private ArrayView<float> Workspace(long length)
    {
        if (!_strands.IsOpen) return Grown(ref _workspace, length, ElementType.Real).Reals.SubView(0, length);
        if (_workspace is null || _workspaceUsed + length > _workspace.Length)
        {
            if (_workspace is not null) _outgrown.Add(_workspace);
            _workspace = (IlgpuBuffer)Allocate(2 * (_workspaceUsed + length), ElementType.Real);
            _workspaceUsed = 0;
        }
        ArrayView<float> room = _workspace.Reals.SubView(_workspaceUsed, length);
        _workspaceUsed += length;
        return room;
    }
}
