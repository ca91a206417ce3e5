using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using MiniGrad.Backends;

namespace MiniGrad.Ilgpu;

/// <summary>cuBLAS through ILGPU.Algorithms, in float32. It computes column by column, so our Cᵀ = Bᵀ·Aᵀ is its C.</summary>
internal sealed class CuBlasLibrary : IDisposable
{
    private readonly CuBlas _blas;

    private CuBlasLibrary(CuBlas blas) => _blas = blas;

    /// <summary>The library's version.</summary>
    public string Version => $"{_blas.Version}";

    /// <summary>Loads the library.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="problem">Why it cannot be used, or null.</param>
    public static CuBlasLibrary? TryLoad(Accelerator accelerator, out string? problem)
    {
        problem = null;
        if (accelerator is not CudaAccelerator cuda)
        {
            problem = "cuBLAS needs a CUDA device";
            return null;
        }
        try
        {
            return new CuBlasLibrary(new CuBlas(cuda));
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or NotSupportedException or CuBlasException)
        {
            problem = $"cuBLAS 10, 11 or 12 cannot be loaded ({e.GetType().Name}: {e.Message.Trim()}); the own kernels are used";
            return null;
        }
    }

    /// <summary>Queues <c>C = alpha·op(A)·op(B) [+ C]</c>.</summary>
    public void Multiply(AcceleratorStream stream, in GemmCall call, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        _blas.Stream = (CudaStream)stream;
        _blas.Gemm(Operation(call.TransposeB), Operation(call.TransposeA), call.N, call.M, call.K, (float)call.Alpha, b, call.LeadingB, a, call.LeadingA, call.Accumulate ? 1 : 0, c, call.LeadingC);
    }

    /// <inheritdoc/>
    public void Dispose() => _blas.Dispose();

    private static CuBlasOperation Operation(bool transpose) => transpose ? CuBlasOperation.Transpose : CuBlasOperation.NonTranspose;
}
