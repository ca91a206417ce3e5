using ILGPU;
using ILGPU.Runtime;

namespace MiniGrad.Ilgpu;

/// <summary>Compiles each kernel for a device once and launches it. A kernel takes one struct: views and sizes together.</summary>
/// <param name="accelerator">The device.</param>
internal sealed class KernelLauncher(Accelerator accelerator)
{
    // The compiler makes one delegate object for a static method, so the reference identifies the kernel.
    private readonly Dictionary<object, Delegate> _loaded = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _lock = new();

    /// <summary>Kernels compiled so far.</summary>
    public int Compiled => _loaded.Count;

    /// <summary>Runs a kernel once for each index from 0 to <paramref name="count"/> − 1.</summary>
    public void Each<TArgs>(AcceleratorStream stream, Action<Index1D, TArgs> kernel, long count, TArgs args)
        where TArgs : struct
    {
        if (count <= 0) return;
        Delegate? loaded;
        lock (_lock)
        {
            if (!_loaded.TryGetValue(kernel, out loaded)) _loaded[kernel] = loaded = accelerator.LoadAutoGroupedKernel(kernel);
        }
        ((Action<AcceleratorStream, Index1D, TArgs>)loaded)(stream, checked((int)count), args);
    }

    /// <summary>Runs a kernel once for each thread of each group.</summary>
    public void Groups<TArgs>(AcceleratorStream stream, Action<TArgs> kernel, Index3D grid, Index3D group, TArgs args)
        where TArgs : struct
    {
        if (grid.Size <= 0) return;
        Delegate? loaded;
        lock (_lock)
        {
            if (!_loaded.TryGetValue(kernel, out loaded)) _loaded[kernel] = loaded = accelerator.LoadKernel(kernel);
        }
        ((Action<AcceleratorStream, KernelConfig, TArgs>)loaded)(stream, new KernelConfig(grid, group), args);
    }
}
