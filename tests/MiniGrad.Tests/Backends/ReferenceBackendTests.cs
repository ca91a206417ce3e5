using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

public class ReferenceBackendTests
{
    [Fact]
    public void FarMemoryRunsTheSameKernels()
    {
        using var near = new KernelTour(new ReferenceBackend<float>(), 7);
        using var far = new KernelTour(new FarMemoryBackend(), 7);
        double[][] before = far.Results;
        near.Run();
        far.Run();
        double[][] after = far.Results;
        Assert.Equal(near.Results, after);
        Assert.All(Enumerable.Range(0, after.Length), i => Assert.NotEqual(before[i], after[i]));
    }

    [Fact]
    public void Float32IsFloat64Rounded()
    {
        using var single = new KernelTour(new ReferenceBackend<float>(), 8);
        using var full = new KernelTour(new ReferenceBackend<double>(), 8);
        single.Run();
        full.Run();
        double[][] expected = full.Results, found = single.Results;
        for (int i = 0; i < expected.Length; i++) BackendExtensions.AssertClose(expected[i], found[i], 1e-5, $"output {i}");
    }

    [Fact]
    public void NoKernelAllocatesManagedMemory()
    {
        using var single = new KernelTour(new ReferenceBackend<float>(), 9);
        using var full = new KernelTour(new ReferenceBackend<double>(), 9);
        using var far = new KernelTour(new FarMemoryBackend(), 9);
        Assert.Equal(0, AllocatedBy(single));
        Assert.Equal(0, AllocatedBy(full));
        Assert.Equal(0, AllocatedBy(far));
    }

    [Theory]
    [InlineData(4, "reference, float32, naive kernels, 1 thread")]
    [InlineData(8, "reference, float64, naive kernels, 1 thread")]
    public void ItSaysWhatItIs(int size, string description)
    {
        using IBackend backend = size == 4 ? new ReferenceBackend<float>() : new ReferenceBackend<double>();
        Assert.Equal(("reference", description, size, true, 1), (backend.Name, backend.Description, backend.RealSize, backend.IsHostMemory, backend.Threads));
    }

    [Fact]
    public void FreshMemoryHoldsNaN()
    {
        using var backend = new ReferenceBackend<float>();
        Assert.Equal([double.NaN, double.NaN], backend.Read(backend.Room(2)));
    }

    [Fact]
    public void AViewThatIsTooShortIsNamed()
    {
        using var backend = new ReferenceBackend<double>();
        BufferView two = backend.Of(1, 2), three = backend.Of(1, 2, 3), ids = backend.Ids(1, 2);
        Assert.Equal("Gemm: call.B has 3 elements; 4 are needed", Message(() => backend.Gemm(new GemmCall { A = two, B = three, C = two, M = 1, N = 2, K = 2, LeadingA = 2, LeadingB = 2, LeadingC = 2 })));
        Assert.Equal("Softmax: x has 3 elements; 4 are needed", Message(() => backend.Softmax(2, 2, three, three)));
        Assert.Equal("Dot: y has 3 elements; 2 are expected", Message(() => backend.Dot(two, three, two.Element(0))));
        Assert.Equal("Norm: result is missing", Message(() => backend.Norm(two, default)));
        Assert.Equal("Norm: x holds Int32 elements; Real is needed", Message(() => backend.Norm(ids, two.Element(0))));
        Assert.Equal("Fill: destination is [1, 3) of a buffer of 2 elements", Message(() => backend.Fill(two with { Offset = 1 }, 0)));
        Assert.Equal("Upload: destination has 2 elements; 1 are expected", Message(() => backend.Upload(two, [1.0])));
        Assert.Equal("Permute: order [0, 0] does not name each dimension of (1,2) once", Message(() => backend.Permute([1, 2], [0, 0], two, two, false)));
    }

    [Fact]
    public void MemoryOfAnotherBackEndIsRefused()
    {
        using var first = new ReferenceBackend<float>();
        using var second = new ReferenceBackend<float>();
        using var full = new ReferenceBackend<double>();
        using var far = new FarMemoryBackend();
        using var otherFar = new FarMemoryBackend();
        BufferView here = first.Of(1), one = second.Of(1), wide = full.Of(1), distant = far.Of(1);
        Assert.Equal("Dot: y is a buffer of another back end (ReferenceBuffer`1); upload the data to this one, reference, float32, naive kernels, 1 thread", Message(() => first.Dot(here, one, here)));
        Assert.StartsWith("Dot: y is a buffer of another back end", Message(() => first.Dot(here, wide, here)));
        Assert.StartsWith("Dot: y is a buffer of another back end (FarBuffer)", Message(() => first.Dot(here, distant, here)));
        Assert.Equal("far: a buffer in another memory (ReferenceBuffer`1) was passed; upload the data to this device", Message(() => far.Dot(distant, here, distant)));
        Assert.Equal("far: a buffer of another device was passed; copy it over through the host", Message(() => otherFar.Fill(distant, 1)));
    }

    [Fact]
    public void AnImpossibleAllocationIsOneLine()
    {
        using var backend = new ReferenceBackend<float>();
        string message = Assert.Throws<InsufficientMemoryException>(() => backend.Allocate(long.MaxValue / 8, ElementType.Real)).Message;
        Assert.StartsWith("reference: no memory for 1,152,921,504,606,846,975 elements", message);
        Assert.Equal(0, backend.Transfers.LiveBuffers);
    }

    private static string Message(Action action) => Assert.Throws<ArgumentException>(action).Message;

    private static long AllocatedBy(KernelTour tour)
    {
        tour.Run();
        tour.Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) tour.Run();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
