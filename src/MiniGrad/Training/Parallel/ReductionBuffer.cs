using MiniGrad.Backends;
using MiniGrad.Distributed;
using MiniGrad.Memory;

namespace MiniGrad.Training;

/// <summary>Host memory between a back end and the ranks, in the back end's own precision, so that no bit is lost on the way.</summary>
internal sealed class ReductionBuffer(IBackend backend, int length)
{
    private readonly float[] _single = backend.RealSize == sizeof(float) ? new float[length] : [];
    private readonly double[] _double = backend.RealSize == sizeof(float) ? [] : new double[length];

    private bool IsSingle => backend.RealSize == sizeof(float);

    public int Length => length;

    public double this[int index]
    {
        get => IsSingle ? _single[index] : _double[index];
        set
        {
            if (IsSingle) _single[index] = (float)value;
            else _double[index] = value;
        }
    }

    /// <summary>Copies a view here.</summary>
    public void Load(BufferView view, int at)
    {
        if (IsSingle) backend.Download(view, _single.AsSpan(at, (int)view.Length));
        else backend.Download(view, _double.AsSpan(at, (int)view.Length));
    }

    /// <summary>Copies what is here to a view.</summary>
    public void Store(int at, BufferView view)
    {
        if (IsSingle) backend.Upload(view, _single.AsSpan(at, (int)view.Length));
        else backend.Upload(view, _double.AsSpan(at, (int)view.Length));
    }

    public void Clear(int at, int count)
    {
        if (IsSingle) _single.AsSpan(at, count).Clear();
        else _double.AsSpan(at, count).Clear();
    }

    /// <summary>Sums the first elements over all ranks.</summary>
    public void Reduce(ICommunicator ranks, int count)
    {
        if (IsSingle) ranks.AllReduce(_single.AsSpan(0, count));
        else ranks.AllReduce(_double.AsSpan(0, count));
    }

    /// <summary>Gathers the parts of all ranks; the counts are bytes.</summary>
    public void Gather(ICommunicator ranks, int count, ReadOnlySpan<int> bytes)
    {
        if (IsSingle) ranks.AllGather(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_single.AsSpan(0, count)), bytes);
        else ranks.AllGather(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_double.AsSpan(0, count)), bytes);
    }
}
