using System.Runtime.CompilerServices;
using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>A managed array. Fresh memory holds NaN (or −1), so that reading what was never written shows in the result.</summary>
internal sealed class ReferenceBuffer<T> : DeviceBuffer where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
{
    private readonly TransferCounters _counters;

    public ReferenceBuffer(ReferenceBackend<T> owner, long length, ElementType elementType)
        : base(length, elementType)
    {
        Owner = owner;
        _counters = owner.Transfers;
        if (elementType == ElementType.Real)
        {
            Reals = new T[length];
            Array.Fill(Reals, T.NaN);
        }
        else
        {
            Integers = new int[length];
            Array.Fill(Integers, -1);
        }
        _counters.CountAllocation(Bytes);
    }

    public ReferenceBackend<T> Owner { get; }

    public T[] Reals { get; private set; } = [];

    public int[] Integers { get; private set; } = [];

    private long Bytes => Length * (ElementType == ElementType.Real ? Unsafe.SizeOf<T>() : sizeof(int));

    /// <inheritdoc/>
    protected override void Free()
    {
        (Reals, Integers) = ([], []);
        _counters.CountFree(Bytes);
    }
}
