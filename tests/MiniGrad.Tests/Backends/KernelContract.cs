using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

/// <summary>
/// What every kernel must do, in values worked out by hand: a class per back end inherits the tests. Random sizes
/// against the reference are another matter, tested elsewhere.
/// </summary>
public abstract partial class KernelContract : IDisposable
{
    private readonly Lazy<IBackend> _backend;

    protected KernelContract() => _backend = new Lazy<IBackend>(Create);

    private IBackend Backend => _backend.Value;

    private double Tolerance => Backend.RealSize == sizeof(double) ? 1e-14 : 2e-6;

    public void Dispose()
    {
        if (_backend.IsValueCreated) _backend.Value.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract IBackend Create();

    private BufferView Of(params ReadOnlySpan<double> values) => Backend.Of(values);

    private void Holds(BufferView view, params ReadOnlySpan<double> expected) => BackendExtensions.AssertClose(expected, Backend.Read(view), Tolerance);

    [Fact]
    public void TransfersConvertAndAreCounted()
    {
        BufferView view = Backend.Room(2), ids = Backend.Ids(7, -3);
        Backend.Upload(view, [1.5f, -2.25f]);
        var floats = new float[2];
        Backend.Download(view, floats);
        Assert.Equal([1.5f, -2.25f], floats);
        var integers = new int[2];
        Backend.Download(ids, integers);
        Assert.Equal([7, -3], integers);
        Assert.Equal((2, 2), (Backend.Transfers.Uploads, Backend.Transfers.Downloads));
        Assert.Equal(2 * Backend.RealSize + 8, Backend.Transfers.UploadedBytes);
        Assert.Equal(2 * Backend.RealSize + 8, Backend.Transfers.DownloadedBytes);
    }

    [Fact]
    public void TransfersOfAnotherLengthAreRefusedInTheSameWords()
    {
        BufferView view = Of(1, 2), ids = Backend.Ids(1, 2);
        Refused("Upload: destination has 2 elements; 1 are expected", () => Backend.Upload(view, [1f]), () => Backend.Upload(view, [1.0]), () => Backend.Upload(ids, [1]));
        Refused("Download: source has 2 elements; 1 are expected", () => Backend.Download(view, new float[1]), () => Backend.Download(view, new double[1]), () => Backend.Download(ids, new int[1]));
        Holds(view, 1, 2);

        static void Refused(string message, params Action[] transfers) => Assert.All(transfers, transfer => Assert.Equal(message, Assert.Throws<ArgumentException>(transfer).Message));
    }

    [Fact]
    public void CopyAndFillStayInsideTheirViews()
    {
        BufferView a = Of(1, 2, 3, 4), b = Of(0, 0, 0, 0);
        Backend.Copy(a.Slice(1, 2), b.Slice(2, 2));
        Holds(b, 0, 0, 2, 3);
        Backend.Fill(b.Slice(1, 2), 9);
        Holds(b, 0, 9, 9, 3);
        BufferView ids = Backend.Ids(1, 2), copies = Backend.Ids(0, 0);
        Backend.Copy(ids, copies);
        var integers = new int[2];
        Backend.Download(copies, integers);
        Assert.Equal([1, 2], integers);
    }

    [Fact]
    public void BuffersAreCountedUntilTheyAreGivenBack()
    {
        DeviceBuffer buffer = Backend.Allocate(10, ElementType.Real);
        Assert.Equal((1, 10L * Backend.RealSize, 1), (Backend.Transfers.LiveBuffers, Backend.Transfers.LiveBytes, Backend.Transfers.Allocations));
        buffer.Dispose();
        buffer.Dispose();
        Assert.Equal((0, 0L, 1), (Backend.Transfers.LiveBuffers, Backend.Transfers.LiveBytes, Backend.Transfers.Allocations));
        Assert.Throws<ObjectDisposedException>(() => Backend.Fill(buffer.View, 0));
    }
}
