using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

/// <summary>
/// Stands in for a GPU: the float32 reference kernels over memory that the host cannot address. A <see cref="FarBuffer"/>
/// has no array and no pointer; only the back end that made it finds the memory behind it, every transfer is counted,
/// and buffers of the host or of another device are refused.
/// </summary>
internal sealed partial class FarMemoryBackend : IBackend
{
    private readonly ReferenceBackend<float> _device = new();

    public string Name => "far";

    public string Description => "far, float32 reference kernels, memory that the host cannot address";

    public int RealSize => sizeof(float);

    public bool IsHostMemory => false;

    public bool Supports(Precision precision) => _device.Supports(precision);

    public int Threads => 1;

    public bool PrefersBatchedOrthogonalization => true;

    public TransferCounters Transfers => _device.Transfers;

    public DeviceBuffer Allocate(long length, ElementType elementType) => new FarBuffer(this, _device.Allocate(length, elementType));

    public void Upload(BufferView destination, ReadOnlySpan<float> source) => _device.Upload(Near(destination), source);

    public void Upload(BufferView destination, ReadOnlySpan<double> source) => _device.Upload(Near(destination), source);

    public void Upload(BufferView destination, ReadOnlySpan<int> source) => _device.Upload(Near(destination), source);

    public void Download(BufferView source, Span<float> destination) => _device.Download(Near(source), destination);

    public void Download(BufferView source, Span<double> destination) => _device.Download(Near(source), destination);

    public void Download(BufferView source, Span<int> destination) => _device.Download(Near(source), destination);

    public void Copy(BufferView source, BufferView destination) => _device.Copy(Near(source), Near(destination));

    public void Fill(BufferView destination, double value) => _device.Fill(Near(destination), value);

    public void Dispose() => _device.Dispose();

    /// <summary>The memory behind a view of this device.</summary>
    private BufferView Near(BufferView view)
    {
        if (view.IsEmpty) return default;
        if (view.Buffer is not FarBuffer far) throw new ArgumentException($"far: a buffer in another memory ({view.Buffer.GetType().Name}) was passed; upload the data to this device");
        return new BufferView(far.MemoryFor(this), view.Offset, view.Length);
    }

    private sealed class FarBuffer(FarMemoryBackend owner, DeviceBuffer memory) : DeviceBuffer(memory.Length, memory.ElementType)
    {
        public DeviceBuffer MemoryFor(FarMemoryBackend device)
        {
            if (!ReferenceEquals(device, owner)) throw new ArgumentException("far: a buffer of another device was passed; copy it over through the host");
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return memory;
        }

        protected override void Free() => memory.Dispose();
    }
}
