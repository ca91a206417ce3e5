using System.Diagnostics;
using System.Runtime.Intrinsics;
using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

// How kernels reach the worker pool, and the memory they borrow while they run.
public sealed unsafe partial class CpuBackend
{
    private CpuBuffer? _scratch;
    private CpuBuffer? _partials;

    /// <summary>Records the time of each kernel while it is set.</summary>
    public KernelTimes? Times { get; set; }

    /// <summary>Lanes of the widest vectors that kernels use.</summary>
    internal static int LaneCount => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : Vector128.IsHardwareAccelerated ? 4 : 1;

    private void For<TJob>(int blocks, TJob job) where TJob : unmanaged, ISimdJob
    {
        long start = Times is null ? 0 : Stopwatch.GetTimestamp();
        var widest = new Widest<TJob>(job);
        _pool.For(blocks, ref widest);
        Times?.Add(typeof(TJob), start);
    }

    /// <summary>Memory of unspecified content for the kernel that runs; grown on demand and kept.</summary>
    private float* Scratch(long elements) => Grow(ref _scratch, elements);

    /// <summary>The same for the partial results of reductions, which other kernels call while they use their scratch.</summary>
    private double* Partials(long elements) => (double*)Grow(ref _partials, 2 * elements);

    private float* Grow(ref CpuBuffer? buffer, long elements)
    {
        if (buffer is null || buffer.Length < elements)
        {
            buffer?.Dispose();
            buffer = null;
            buffer = (CpuBuffer)Allocate(elements, ElementType.Real);
        }
        return (float*)buffer.Pointer;
    }

    private void FreeScratch()
    {
        _scratch?.Dispose();
        _partials?.Dispose();
    }

    private static float ValueOr1(BufferView view) => view.IsEmpty ? 1 : *Pointer(view);

    private static bool IsOpen(BufferView gate) => gate.IsEmpty || *Pointer(gate) != 0;
}
