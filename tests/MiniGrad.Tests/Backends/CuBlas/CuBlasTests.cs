using MiniGrad.Backends;
using MiniGrad.Ilgpu;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends.CuBlas;

/// <summary>
/// The binding of cuBLAS, against a stand-in with its entry points on host memory: the order of arguments, layouts, transposes, strides, math modes
/// and errors. That the numbers are right is the business of the tests that run on the back end <c>ilgpu-standin</c>.
/// </summary>
[Collection(DeviceCollection.Name)]
public sealed class CuBlasTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_product_arrives_with_its_sides_changed(bool transposeA, bool transposeB)
    {
        string path = StandInCuBlas.Path();
        using IBackend backend = Open(path, out IlgpuSession session);
        using (session)
        {
            int calls = StandInCuBlas.Calls(path);
            backend.Gemm(new GemmCall { A = backend.Room(200), B = backend.Room(200), C = backend.Room(200), M = 2, N = 3, K = 4, TransposeA = transposeA, TransposeB = transposeB, LeadingA = 5, LeadingB = 6, LeadingC = 7, Alpha = 0.5 });
            StandInCuBlas.Call call = StandInCuBlas.Last(path);
            Assert.Equal(1, StandInCuBlas.Calls(path) - calls);
            Assert.Equal((StandInCuBlas.Sgemm, 1, 0), (call.Kind, call.HandleIsOurs, call.MathMode));
            // Column by column our C is its Cᵀ = op(B)ᵀ·op(A)ᵀ.
            Assert.Equal((3, 2, 4), (call.M, call.N, call.K));
            Assert.Equal((transposeB ? 1 : 0, transposeA ? 1 : 0), (call.OperationA, call.OperationB));
            Assert.Equal((6, 5, 7), (call.LeadingA, call.LeadingB, call.LeadingC));
        }
    }

    [Fact]
    public void A_batch_is_one_call_with_its_distances()
    {
        string path = StandInCuBlas.Path();
        using IBackend backend = Open(path, out IlgpuSession session);
        using (session)
        {
            int calls = StandInCuBlas.Calls(path);
            backend.Gemm(new GemmCall { A = backend.Room(200), B = backend.Room(200), C = backend.Room(200), M = 2, N = 3, K = 4, LeadingA = 4, LeadingB = 3, LeadingC = 3, Batch = 5, StrideA = 9, StrideB = 0, StrideC = 8 });
            StandInCuBlas.Call call = StandInCuBlas.Last(path);
            Assert.Equal(1, StandInCuBlas.Calls(path) - calls);
            Assert.Equal((StandInCuBlas.Strided, 5, 0, 68, -1), (call.Kind, call.Batch, call.Type, call.Compute, call.Algorithm));
            Assert.Equal((0L, 9L, 8L), (call.StrideA, call.StrideB, call.StrideC));
        }
    }

    [Theory]
    [InlineData(ProductType.Float32, 1, StandInCuBlas.Sgemm, 0, 68, 0)]
    [InlineData(ProductType.Float32, 3, StandInCuBlas.Strided, 0, 68, 0)]
    [InlineData(ProductType.Tf32, 1, StandInCuBlas.Sgemm, 0, 77, 3)]
    [InlineData(ProductType.Tf32, 3, StandInCuBlas.Strided, 0, 77, 3)]
    [InlineData(ProductType.Bfloat16, 1, StandInCuBlas.GemmEx, 14, 68, 0)]
    [InlineData(ProductType.Bfloat16, 3, StandInCuBlas.Strided, 14, 68, 0)]
    internal void Each_precision_has_its_entry_point_type_and_math_mode(ProductType type, int batch, int kind, int operands, int compute, int mode)
    {
        string path = StandInCuBlas.Path();
        using IlgpuSession session = IlgpuTestDevices.OpenCpu([path]);
        CuBlasLibrary library = session.CuBlas!;
        foreach (ProductType before in Enum.GetValues<ProductType>())
        {
            // Whatever was multiplied before.
            Assert.True(library.Multiply(0, Empty with { Batch = 1 }, before));
            Assert.True(library.Multiply(0, Empty with { Batch = batch }, type));
            StandInCuBlas.Call call = StandInCuBlas.Last(path);
            Assert.Equal((kind, operands, compute, mode), (call.Kind, call.Type, call.Compute, call.MathMode));
        }
    }

    [Fact]
    public unsafe void Products_of_addresses_find_their_operands_on_a_stream()
    {
        string path = StandInCuBlas.Path();
        using IlgpuSession session = IlgpuTestDevices.OpenCpu([path]);
        float* numbers = stackalloc float[] { 2, 3, 5, 7, 0, 0 };
        nint* addresses = stackalloc nint[] { (nint)numbers, (nint)(numbers + 1), (nint)(numbers + 2), (nint)(numbers + 3), (nint)(numbers + 5), (nint)(numbers + 4) };
        CuBlasProduct product = Empty with { M = 1, N = 1, K = 1, Batch = 2, Alpha = 10, A = (nint)addresses, B = (nint)(addresses + 2), C = (nint)(addresses + 4) };
        Assert.True(session.CuBlas!.MultiplyAt(1234, product, ProductType.Float32));
        Assert.Equal((3 * 7 * 10, 2 * 5 * 10), ((int)numbers[4], (int)numbers[5]));
        StandInCuBlas.Call call = StandInCuBlas.Last(path);
        Assert.Equal((StandInCuBlas.Pointers, 2, (nint)1234), (call.Kind, call.Batch, call.Stream));
    }

    [Fact]
    public void A_library_that_fails_in_the_middle_costs_a_line_and_no_product()
    {
        string path = StandInCuBlas.Path();
        using IBackend backend = Open(path, out IlgpuSession session);
        using (session)
        {
            List<string> told = [];
            session.Failed += told.Add;
            BufferView a = backend.Of(1, 2, 3, 4), c = backend.Of(100, 200, 300, 400);
            GemmCall product = GemmCall.Dense(a, false, a, false, c, 2, 2, 2, accumulate: true);
            try
            {
                StandInCuBlas.Fail(path, 1, 13);
                for (int i = 1; i <= 4; i++)
                {
                    backend.Gemm(product);
                    backend.SymmetricProduct(new SymmetricCall { P = a, Q = a, C = backend.Room(4), N = 2, K = 2, D = a, Beta = 1 });
                }
            }
            finally
            {
                StandInCuBlas.Fail(path, -1, 0);
            }
            Assert.Equal([100 + (4 * 7), 200 + (4 * 10), 300 + (4 * 15), 400 + (4 * 22)], backend.Read(c));
            Assert.Equal("cuBLAS 13.1.2 failed (error 13, execution failed) on a product of 2×2×2; the own kernels multiply from here on", Assert.Single(told));
            Assert.Equal("own kernels", session.Products);
            Assert.Contains("own matrix products", session.Description, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_library_that_cannot_be_used_is_left_alone_with_its_reason()
    {
        string good = StandInCuBlas.Path(), old = StandInCuBlas.Path("VERSION=10"), broken = StandInCuBlas.Path("CREATE_STATUS=1"), poor = StandInCuBlas.Path("NO_BATCHES"), twelve = StandInCuBlas.Path("VERSION=12");
        Assert.Equal($"{old}: it is version 10.1.2; 11 to 13 are known; the own kernels multiply", Problem(old));
        Assert.Equal($"{broken}: version 13.1.2 does not start (error 1, not initialized); the own kernels multiply", Problem(broken));
        Assert.Equal($"{poor}: it has no cublasGemmStridedBatchedEx; the own kernels multiply", Problem(poor));
        Assert.Equal("cuBLAS 11 to 13 was not found (it comes with the CUDA toolkit and with pip's nvidia-cublas); the own kernels multiply", Problem("libcublas-of-nobody.so.13"));
        using IlgpuSession session = IlgpuTestDevices.OpenCpu(["libcublas-of-nobody.so.13", old, broken, poor, twelve, good]);
        Assert.Null(session.CuBlasProblem);
        Assert.Equal($"cuBLAS 12.1.2 ({twelve})", session.Products);

        static string? Problem(string path)
        {
            using IlgpuSession session = IlgpuTestDevices.OpenCpu([path]);
            Assert.Equal("own kernels", session.Products);
            return session.CuBlasProblem;
        }
    }

    [Fact]
    public void A_session_gives_its_handle_back()
    {
        string path = StandInCuBlas.Path("VERSION=11");
        using (IlgpuTestDevices.OpenCpu([path])) Assert.Equal(1, StandInCuBlas.Open(path));
        Assert.Equal(0, StandInCuBlas.Open(path));
    }

    private static CuBlasProduct Empty => new() { LeadingA = 1, LeadingB = 1, LeadingC = 1, Batch = 1 };

    private static IlgpuBackend Open(string path, out IlgpuSession session)
    {
        session = IlgpuTestDevices.OpenCpu([path]);
        Assert.Null(session.CuBlasProblem);
        return new IlgpuBackend(session);
    }
}
