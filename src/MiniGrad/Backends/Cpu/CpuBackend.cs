using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MiniGrad.Backends.Cpu.Assembled;
using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

/// <summary>SIMD kernels in float32 on native memory. Each kernel family has a file of its own.</summary>
public sealed unsafe partial class CpuBackend : IBackend
{
    private readonly WorkerPool _pool;
    private readonly AssembledKernels? _assembled;
    private readonly bool _isLane;

    /// <summary>A back end with threads of its own.</summary>
    /// <param name="threads">Threads that kernels run on, the caller included; 0 takes all processors.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is negative.</exception>
    public CpuBackend(int threads = 1)
        : this(threads, assembles: true)
    {
    }

    /// <summary>A back end that may be kept from making machine code, so that tests can compare the two.</summary>
    internal CpuBackend(int threads, bool assembles)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Transfers = new TransferCounters();
        _assembled = assembles ? AssembledKernels.TryCreate() : null;
        _pool = new WorkerPool(threads == 0 ? Environment.ProcessorCount : threads);
    }

    /// <summary>A lane, which borrows its parent's machine code.</summary>
    private CpuBackend(CpuBackend parent)
    {
        (Transfers, _assembled, _isLane) = (parent.Transfers, parent._assembled, true);
        _pool = new WorkerPool(1);
    }

    /// <inheritdoc/>
    public string Name => "cpu";

    /// <inheritdoc/>
    public string Description => $"cpu, float32, {Instructions}, {Threads} thread{(Threads == 1 ? "" : "s")}";

    /// <summary>The widest vectors that the kernels use on this machine.</summary>
    public static string Instructions => Vector512.IsHardwareAccelerated ? "AVX-512" : Vector256.IsHardwareAccelerated ? "AVX2" : Vector128.IsHardwareAccelerated ? "128-bit SIMD" : "scalar";

    /// <summary>What multiplies bfloat16 on this machine: <c>VDPBF16PS</c>, or its emulation and why.</summary>
    public static string Bfloat16Products => AssembledKernels.Missing is { } why ? $"emulated, since {why}" : "VDPBF16PS, assembled at run time";

    /// <summary>Whether bfloat16 products run at the processor's speed, not emulated.</summary>
    public static bool HasBfloat16 => AssembledKernels.Missing is null;

    /// <inheritdoc/>
    public int RealSize => sizeof(float);

    /// <inheritdoc/>
    public bool IsHostMemory => true;

    /// <inheritdoc/>
    public int Threads => _pool.Threads;

    /// <inheritdoc/>
    public TransferCounters Transfers { get; }

    /// <inheritdoc/>
    public DeviceBuffer Allocate(long length, ElementType elementType)
    {
        try
        {
            return new CpuBuffer(length, elementType, Transfers);
        }
        catch (OutOfMemoryException)
        {
            throw new InsufficientMemoryException($"cpu: no memory for {length:N0} elements ({length * sizeof(float) >> 20:N0} MiB); {Transfers.LiveBytes >> 20:N0} MiB are in use");
        }
    }

    /// <inheritdoc/>
    public void Upload(BufferView destination, ReadOnlySpan<float> source)
    {
        Same(destination, source.Length);
        source.CopyTo(Floats(destination));
        Transfers.CountUpload((long)source.Length * sizeof(float));
    }

    /// <inheritdoc/>
    public void Upload(BufferView destination, ReadOnlySpan<double> source)
    {
        Same(destination, source.Length);
        TensorPrimitives.ConvertTruncating(source, Floats(destination));
        Transfers.CountUpload((long)source.Length * sizeof(float));
    }

    /// <inheritdoc/>
    public void Upload(BufferView destination, ReadOnlySpan<int> source)
    {
        Same(destination, source.Length);
        source.CopyTo(new Span<int>(IntPointer(destination), checked((int)destination.Length)));
        Transfers.CountUpload((long)source.Length * sizeof(int));
    }

    /// <inheritdoc/>
    public void Download(BufferView source, Span<float> destination)
    {
        Same(source, destination.Length);
        Floats(source).CopyTo(destination);
        Transfers.CountDownload(source.Length * sizeof(float));
    }

    /// <inheritdoc/>
    public void Download(BufferView source, Span<double> destination)
    {
        Same(source, destination.Length);
        TensorPrimitives.ConvertTruncating(Floats(source), destination);
        Transfers.CountDownload(source.Length * sizeof(float));
    }

    /// <inheritdoc/>
    public void Download(BufferView source, Span<int> destination)
    {
        Same(source, destination.Length);
        new ReadOnlySpan<int>(IntPointer(source), checked((int)source.Length)).CopyTo(destination);
        Transfers.CountDownload(source.Length * sizeof(int));
    }

    /// <inheritdoc/>
    public void Copy(BufferView source, BufferView destination) => Buffer.MemoryCopy(Pointer(source), Pointer(destination), destination.Length * sizeof(float), source.Length * sizeof(float));

    /// <inheritdoc/>
    public void Fill(BufferView destination, double value) => Floats(destination).Fill((float)value);

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeLanes();
        _pool.Dispose();
        _workspace?.Dispose();
        _workspace = null;
        FreeScratch();
        if (!_isLane) _assembled?.Dispose();
    }

    /// <summary>The first element of a view, or null for the empty view.</summary>
    internal static float* Pointer(BufferView view) => view.IsEmpty ? null : (float*)Memory(view).Pointer + view.Offset;

    /// <summary>The first integer of a view.</summary>
    internal static int* IntPointer(BufferView view) => (int*)Memory(view).Pointer + view.Offset;

    // A transfer that is too short would go unnoticed otherwise.
    private static void Same(BufferView view, long length, [CallerMemberName] string transfer = "", [CallerArgumentExpression(nameof(view))] string name = "")
    {
        if (view.Length != length) throw new ArgumentException($"{transfer}: {name} has {view.Length} elements; {length} are expected");
    }

    private static Span<float> Floats(BufferView view) => new(Pointer(view), checked((int)view.Length));

    private static CpuBuffer Memory(BufferView view)
    {
        if (view.Buffer is not CpuBuffer buffer) throw new ArgumentException($"cpu: a buffer of another back end ({view.Buffer.GetType().Name}) was passed to a kernel; upload the data to this one");
        ObjectDisposedException.ThrowIf(buffer.IsDisposed, buffer);
        return buffer;
    }
}
