using System.Runtime.InteropServices;

namespace MiniGrad.Ilgpu;

/// <summary>The few entry points of cuBLAS that matrix products need, as cublas_api.h and library_types.h declare them since version 11.</summary>
internal sealed unsafe class CuBlasApi
{
    /// <summary>CUBLAS_STATUS_SUCCESS.</summary>
    public const int Success = 0;

    /// <summary>The largest and the smallest version whose entry points these are.</summary>
    public const int Newest = 13, Oldest = 11;

    /// <summary>cublasOperation_t.</summary>
    public const int NoTranspose = 0, Transpose = 1;

    /// <summary>cudaDataType_t: CUDA_R_32F, CUDA_R_16BF.</summary>
    public const int Real32 = 0, Bfloat16 = 14;

    /// <summary>cublasComputeType_t: CUBLAS_COMPUTE_32F, CUBLAS_COMPUTE_32F_FAST_TF32.</summary>
    public const int Compute32 = 68, ComputeTf32 = 77;

    /// <summary>cublasMath_t: CUBLAS_DEFAULT_MATH, CUBLAS_TF32_TENSOR_OP_MATH.</summary>
    public const int DefaultMath = 0, Tf32Math = 3;

    /// <summary>cublasGemmAlgo_t: CUBLAS_GEMM_DEFAULT.</summary>
    private const int DefaultAlgorithm = -1;

    private readonly delegate* unmanaged<nint*, int> _create;
    private readonly delegate* unmanaged<nint, int> _destroy;
    private readonly delegate* unmanaged<nint, nint, int> _setStream;
    private readonly delegate* unmanaged<nint, int, int> _setMathMode;
    private readonly delegate* unmanaged<int, int*, int> _getProperty;
    private readonly delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, nint, int, float*, nint, int, int> _sgemm;
    private readonly delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, int, nint, int, int, float*, nint, int, int, int, int, int> _gemmEx;
    private readonly delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, int, long, nint, int, int, long, float*, nint, int, int, long, int, int, int, int> _strided;
    private readonly delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, int, nint, int, int, float*, nint, int, int, int, int, int, int> _pointers;

    /// <summary>Binds the entry points of a loaded library.</summary>
    /// <exception cref="EntryPointNotFoundException">One is missing.</exception>
    public CuBlasApi(nint library)
    {
        _create = (delegate* unmanaged<nint*, int>)Export(library, "cublasCreate_v2");
        _destroy = (delegate* unmanaged<nint, int>)Export(library, "cublasDestroy_v2");
        _setStream = (delegate* unmanaged<nint, nint, int>)Export(library, "cublasSetStream_v2");
        _setMathMode = (delegate* unmanaged<nint, int, int>)Export(library, "cublasSetMathMode");
        _getProperty = (delegate* unmanaged<int, int*, int>)Export(library, "cublasGetProperty");
        _sgemm = (delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, nint, int, float*, nint, int, int>)Export(library, "cublasSgemm_v2");
        _gemmEx = (delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, int, nint, int, int, float*, nint, int, int, int, int, int>)
            Export(library, "cublasGemmEx");
        _strided = (delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, int, long, nint, int, int, long, float*, nint, int, int, long, int, int, int, int>)
            Export(library, "cublasGemmStridedBatchedEx");
        _pointers = (delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, int, nint, int, int, float*, nint, int, int, int, int, int, int>)
            Export(library, "cublasGemmBatchedEx");
    }

    /// <summary>Major, minor and patch version; it needs no device.</summary>
    public Version Version()
    {
        Span<int> parts = stackalloc int[3];
        for (int i = 0; i < 3; i++)
        {
            int value = 0;
            parts[i] = _getProperty(i, &value) == Success ? value : 0;
        }
        return new Version(parts[0], parts[1], parts[2]);
    }

    public int Create(out nint handle)
    {
        nint made = 0;
        int status = _create(&made);
        handle = made;
        return status;
    }

    public int Destroy(nint handle) => _destroy(handle);

    public int SetStream(nint handle, nint stream) => _setStream(handle, stream);

    public int SetMathMode(nint handle, int mode) => _setMathMode(handle, mode);

    /// <summary>One product in float32, under the handle's math mode. Everything is stored column by column.</summary>
    public int Sgemm(nint handle, in CuBlasProduct p)
    {
        float alpha = p.Alpha, beta = p.Beta;
        return _sgemm(handle, p.OperationA, p.OperationB, p.M, p.N, p.K, &alpha, p.A, p.LeadingA, p.B, p.LeadingB, &beta, p.C, p.LeadingC);
    }

    /// <summary>One product, operands of <paramref name="type"/>, result and sums in float32.</summary>
    public int GemmEx(nint handle, in CuBlasProduct p, int type, int compute)
    {
        float alpha = p.Alpha, beta = p.Beta;
        return _gemmEx(
            handle, p.OperationA, p.OperationB, p.M, p.N, p.K, &alpha, p.A, type, p.LeadingA, p.B, type, p.LeadingB, &beta, p.C, Real32, p.LeadingC, compute, DefaultAlgorithm);
    }

    /// <summary>A batch of products whose operands lie at equal distances.</summary>
    public int GemmStrided(nint handle, in CuBlasProduct p, int type, int compute)
    {
        float alpha = p.Alpha, beta = p.Beta;
        return _strided(
            handle, p.OperationA, p.OperationB, p.M, p.N, p.K, &alpha, p.A, type, p.LeadingA, p.StrideA, p.B, type, p.LeadingB, p.StrideB, &beta, p.C, Real32, p.LeadingC, p.StrideC,
            p.Batch, compute, DefaultAlgorithm);
    }

    /// <summary>A batch of products whose operands lie anywhere: A, B and C are arrays of addresses, on the device.</summary>
    public int GemmPointers(nint handle, in CuBlasProduct p, int type, int compute)
    {
        float alpha = p.Alpha, beta = p.Beta;
        return _pointers(
            handle, p.OperationA, p.OperationB, p.M, p.N, p.K, &alpha, p.A, type, p.LeadingA, p.B, type, p.LeadingB, &beta, p.C, Real32, p.LeadingC, p.Batch, compute, DefaultAlgorithm);
    }

    private static nint Export(nint library, string name) =>
        NativeLibrary.TryGetExport(library, name, out nint address) ? address : throw new EntryPointNotFoundException($"it has no {name}");
}

/// <summary>The arguments of a product as cuBLAS takes them, <c>C = alpha·op(A)·op(B) + beta·C</c>, column by column.</summary>
internal struct CuBlasProduct
{
    public int OperationA, OperationB, M, N, K, LeadingA, LeadingB, LeadingC, Batch;
    public long StrideA, StrideB, StrideC;
    public nint A, B, C;
    public float Alpha, Beta;
}
