using System.Runtime.InteropServices;
using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

/// <summary>Native memory, aligned to a cache line, that the garbage collector neither moves nor counts.</summary>
internal sealed unsafe class CpuBuffer : DeviceBuffer
{
    private readonly TransferCounters _counters;
    private readonly nuint _bytes;

    public CpuBuffer(long length, ElementType elementType, TransferCounters counters)
        : base(length, elementType)
    {
        _counters = counters;
        _bytes = (nuint)Math.Max(1, length) * sizeof(float);
        Pointer = (byte*)NativeMemory.AlignedAlloc(_bytes, HugePages.Alignment(_bytes));
        HugePages.Advise(Pointer, _bytes);
        counters.CountAllocation((long)_bytes);
    }

    /// <summary>The first byte.</summary>
    public byte* Pointer { get; private set; }

    /// <inheritdoc/>
    protected override void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        _counters.CountFree((long)_bytes);
    }
}
