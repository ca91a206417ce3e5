using ILGPU;
using ILGPU.Runtime;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <summary>
/// A block of device memory. Integers also have a copy on the host, because ids come from there anyway: a kernel's ids
/// are checked against it, with no look at the device.
/// </summary>
internal sealed class IlgpuBuffer : DeviceBuffer
{
    private readonly TransferCounters _counters;
    private readonly MemoryBuffer1D<float, Stride1D.Dense>? _reals;
    private readonly MemoryBuffer1D<int, Stride1D.Dense>? _integers;

    /// <summary>Allocates the memory; ILGPU's own exception when there is none.</summary>
    public IlgpuBuffer(IlgpuBackend owner, Accelerator accelerator, long length, ElementType elementType)
        : base(length, elementType)
    {
        (Owner, _counters) = (owner, owner.Transfers);
        // Drivers refuse buffers of no bytes.
        if (elementType == ElementType.Real) _reals = accelerator.Allocate1D<float>(Math.Max(1, length));
        else _integers = accelerator.Allocate1D<int>(Math.Max(1, length));
        HostIds = elementType == ElementType.Int32 ? new int[length] : [];
        _counters.CountAllocation(Bytes);
    }

    /// <summary>The back end that made it.</summary>
    public IlgpuBackend Owner { get; }

    /// <summary>What an integer buffer holds.</summary>
    public int[] HostIds { get; }

    /// <summary>The integers that a kernel wrote and <see cref="HostIds"/> has not yet: from the first to before the second.</summary>
    public (long From, long To) NotOnHost { get; set; }

    /// <summary>All real elements.</summary>
    public ArrayView<float> Reals => _reals!.View.BaseView;

    /// <summary>All integers.</summary>
    public ArrayView<int> Integers => _integers!.View.BaseView;

    private long Bytes => Length * sizeof(float);

    /// <inheritdoc/>
    protected override void Free()
    {
        // The driver waits for kernels that still use the memory.
        _reals?.Dispose();
        _integers?.Dispose();
        _counters.CountFree(Bytes);
    }
}
