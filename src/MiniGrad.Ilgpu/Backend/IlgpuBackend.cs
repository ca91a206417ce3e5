using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <summary>
/// Memory and kernels in float32 on a GPU, through ILGPU. Kernels are queued on one stream and never waited for: only a
/// download waits. Each kernel family has a file for the host's side here and one for the device's under <c>Kernels</c>.
/// </summary>
public sealed partial class IlgpuBackend : IBackend
{
    private readonly IlgpuSession _session;
    private readonly bool _ownsSession;
    private readonly AcceleratorStream _stream;
    private readonly StagingPool _staging;
    private readonly IlgpuBuffer _one;
    private IlgpuBuffer? _workspace;
    private IlgpuBuffer? _chains;

    /// <summary>A back end on an opened device.</summary>
    /// <param name="session">The device.</param>
    /// <param name="ownsSession">Whether the device is closed with the back end.</param>
    public IlgpuBackend(IlgpuSession session, bool ownsSession = false)
    {
        ArgumentNullException.ThrowIfNull(session);
        (_session, _ownsSession) = (session, ownsSession);
        _stream = session.Accelerator.CreateStream();
        _staging = new StagingPool(session.Accelerator, session.Accelerator.AcceleratorType == AcceleratorType.Cuda);
        _one = new IlgpuBuffer(this, session.Accelerator, 1, ElementType.Real);
        session.Launcher.Each(_stream, Kernels.ElementwiseKernels.Fill, 1, new Kernels.FillArgs { Y = _one.Reals, Value = 1 });
        Transfers = new TransferCounters();
    }

    /// <inheritdoc/>
    public string Name => "ilgpu";

    /// <inheritdoc/>
    public string Description => _session.Description;

    /// <inheritdoc/>
    public int RealSize => sizeof(float);

    /// <inheritdoc/>
    public bool IsHostMemory => false;

    /// <inheritdoc/>
    public int Threads => 1;

    /// <inheritdoc/>
    public bool PrefersBatchedOrthogonalization => true;

    /// <summary>Kernels queued so far; a call of cuBLAS counts as one.</summary>
    public long KernelsQueued { get; private set; }

    /// <inheritdoc/>
    /// <remarks>What kernels need for themselves is allocated at their first use and counted, too.</remarks>
    public TransferCounters Transfers { get; } = new();

    /// <inheritdoc/>
    public DeviceBuffer Allocate(long length, ElementType elementType)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        try
        {
            return new IlgpuBuffer(this, _session.Accelerator, length, elementType);
        }
        catch (Exception e) when (e is AcceleratorException or OutOfMemoryException)
        {
            string total = _session.Device.MemoryBytes > 0 ? $" of {_session.Device.MemoryBytes >> 20:N0} MiB" : "";
            throw new InsufficientMemoryException($"{_session.Device.Name}: no memory for {length:N0} elements ({length * sizeof(float) >> 20:N0} MiB); {Transfers.LiveBytes >> 20:N0} MiB{total} are in use here ({e.Message.Trim()})", e);
        }
    }

    /// <inheritdoc/>
    public void Upload(BufferView destination, ReadOnlySpan<float> source)
    {
        EndStrandsEarly();
        Same(destination, source.Length);
        Stage(Reals(destination, source.Length), MemoryMarshal.Cast<float, int>(source), source.Length);
    }

    /// <inheritdoc/>
    public void Upload(BufferView destination, ReadOnlySpan<double> source)
    {
        Same(destination, source.Length);
        var rounded = new float[source.Length];
        for (int i = 0; i < source.Length; i++) rounded[i] = (float)source[i];
        Stage(Reals(destination, source.Length), MemoryMarshal.Cast<float, int>(rounded), source.Length);
    }

    /// <inheritdoc/>
    public void Upload(BufferView destination, ReadOnlySpan<int> source)
    {
        EndStrandsEarly();
        Same(destination, source.Length);
        Stage(Integers(destination, source.Length, out Span<int> ids), source, source.Length);
        source.CopyTo(ids);
    }

    /// <inheritdoc/>
    public void Download(BufferView source, Span<float> destination)
    {
        EndStrandsEarly();
        Same(source, destination.Length);
        if (destination.Length > 0) Reals(source, destination.Length).CopyToCPU(_stream, destination);
        Downloaded(destination.Length);
    }

    /// <inheritdoc/>
    public void Download(BufferView source, Span<double> destination)
    {
        Same(source, destination.Length);
        var rounded = new float[destination.Length];
        Download(source, rounded);
        for (int i = 0; i < rounded.Length; i++) destination[i] = rounded[i];
    }

    /// <inheritdoc/>
    public void Download(BufferView source, Span<int> destination)
    {
        EndStrandsEarly();
        Same(source, destination.Length);
        if (destination.Length > 0) Check(source, destination.Length, ElementType.Int32, nameof(source), nameof(Download)).Integers.SubView(source.Offset, source.Length).CopyToCPU(_stream, destination);
        Downloaded(destination.Length);
    }

    /// <inheritdoc/>
    public void Copy(BufferView source, BufferView destination)
    {
        Same(destination, source.Length);
        if (source.Length == 0) return;
        if (source.Buffer.ElementType == ElementType.Int32)
        {
            ArrayView<int> from = Integers(source, source.Length, out Span<int> ids), to = Integers(destination, source.Length, out Span<int> copies);
            EndStrandsEarly();
            from.CopyTo(_stream, to);
            ids.CopyTo(copies);
        }
        else
        {
            Each(Kernels.ElementwiseKernels.Copy, source.Length, new Kernels.CopyArgs { X = Reals(source, source.Length), Y = Reals(destination, source.Length) }, Kernels.ElementwiseKernels.CopyTogether);
        }
    }

    /// <inheritdoc/>
    public void Fill(BufferView destination, double value) =>
        Each(Kernels.ElementwiseKernels.Fill, destination.Length, new Kernels.FillArgs { Y = Reals(destination, destination.Length), Value = (float)value });

    /// <summary>Waits until everything queued so far is done; for measurements.</summary>
    public void Synchronize()
    {
        EndStrandsEarly();
        _stream.Synchronize();
        _staging.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Synchronize();
        _workspace?.Dispose();
        _chains?.Dispose();
        _rounded?.Dispose();
        _one.Dispose();
        _staging.Dispose();
        _stream.Dispose();
        if (_ownsSession) _session.Dispose();
    }

    private void Stage<T>(ArrayView<T> to, ReadOnlySpan<int> source, int length)
        where T : unmanaged
    {
        if (_staging.IsFull(length)) Synchronize();
        Span<int> room = _staging.Take(length);
        source.CopyTo(room);
        if (length > 0) to.CopyFromCPUUnsafeAsync(_stream, ref MemoryMarshal.GetReference(MemoryMarshal.Cast<int, T>(room)), length);
        Transfers.CountUpload((long)length * sizeof(int));
    }

    // A download waits for the stream, so what was staged has been fetched.
    private void Downloaded(int length)
    {
        if (length > 0) _staging.Reset();
        Transfers.CountDownload((long)length * sizeof(int));
    }
}
