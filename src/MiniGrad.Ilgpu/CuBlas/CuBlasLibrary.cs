using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace MiniGrad.Ilgpu;

/// <summary>
/// cuBLAS, bound by ourselves on ILGPU's stream and memory: ILGPU's own wrapper ends at version 12 and has no batches. Found at
/// run time; where it is absent, of another version or fails, the own kernels go on.
/// </summary>
internal sealed class CuBlasLibrary : IDisposable
{
    private readonly CuBlasApi _api;
    private readonly Accelerator _accelerator;
    private readonly Action<string> _tell;
    private nint _handle;
    private nint _stream;
    private int _mathMode;

    private CuBlasLibrary(CuBlasApi api, Accelerator accelerator, nint handle, string path, Action<string> tell) =>
        (_api, _accelerator, _handle, Path, Version, _tell) = (api, accelerator, handle, path, api.Version(), tell);

    /// <summary>The library's version.</summary>
    public Version Version { get; }

    /// <summary>The name or path that it was loaded by.</summary>
    public string Path { get; }

    /// <summary>Why it is used no more, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>Calls made so far.</summary>
    public long Calls { get; private set; }

    /// <summary>Loads the first library of those named that works with the device.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="candidates">Names and paths.</param>
    /// <param name="tell">Is told, in a line, when the library fails later.</param>
    /// <param name="problem">Why there is none, or null.</param>
    public static CuBlasLibrary? TryLoad(Accelerator accelerator, IEnumerable<string> candidates, Action<string> tell, out string? problem)
    {
        problem = null;
        string? reason = null;
        foreach (string candidate in candidates)
        {
            if (CuBlasSearch.Companion(candidate) is { } companion) _ = NativeLibrary.TryLoad(companion, out _);
            if (!NativeLibrary.TryLoad(candidate, out nint library)) continue;
            string? refused = TryOpen(accelerator, library, candidate, tell, out CuBlasLibrary? opened);
            if (opened is not null) return opened;
            NativeLibrary.Free(library);
            reason ??= $"{candidate}: {refused}";
        }
        problem = $"{reason ?? $"cuBLAS {CuBlasApi.Oldest} to {CuBlasApi.Newest} was not found (it comes with the CUDA toolkit and with pip's nvidia-cublas)"}; the own kernels multiply";
        return null;
    }

    /// <summary>One product or a batch at equal distances, queued on a stream.</summary>
    /// <returns>False when the library failed: nothing was done, and it is not asked again.</returns>
    public bool Multiply(nint stream, in CuBlasProduct product, ProductType type) => Run(stream, product, type, pointers: false);

    /// <summary>A batch whose A, B and C are arrays of addresses on the device.</summary>
    /// <returns>As <see cref="Multiply"/>.</returns>
    public bool MultiplyAt(nint stream, in CuBlasProduct product, ProductType type) => Run(stream, product, type, pointers: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle == 0) return;
        using ScopedAcceleratorBinding? bound = Bind(_accelerator);
        _ = _api.Destroy(_handle);
        _handle = 0;
    }

    private static string? TryOpen(Accelerator accelerator, nint library, string path, Action<string> tell, out CuBlasLibrary? opened)
    {
        opened = null;
        try
        {
            var api = new CuBlasApi(library);
            Version version = api.Version();
            if (version.Major is < CuBlasApi.Oldest or > CuBlasApi.Newest) return $"it is version {version}; {CuBlasApi.Oldest} to {CuBlasApi.Newest} are known";
            using ScopedAcceleratorBinding? bound = Bind(accelerator);
            int status = api.Create(out nint handle);
            if (status != CuBlasApi.Success) return $"version {version} does not start ({CuBlasStatus.Name(status)})";
            opened = new CuBlasLibrary(api, accelerator, handle, path, tell);
            return null;
        }
        catch (EntryPointNotFoundException e)
        {
            return e.Message;
        }
    }

    private bool Run(nint stream, in CuBlasProduct product, ProductType type, bool pointers)
    {
        if (Failure is not null) return false;
        using ScopedAcceleratorBinding? bound = Bind(_accelerator);
        int mode = type == ProductType.Tf32 ? CuBlasApi.Tf32Math : CuBlasApi.DefaultMath;
        int operands = type == ProductType.Bfloat16 ? CuBlasApi.Bfloat16 : CuBlasApi.Real32, compute = type == ProductType.Tf32 ? CuBlasApi.ComputeTf32 : CuBlasApi.Compute32;
        int status = CuBlasApi.Success;
        if (stream != _stream && (status = _api.SetStream(_handle, stream)) == CuBlasApi.Success) _stream = stream;
        if (status == CuBlasApi.Success && mode != _mathMode && (status = _api.SetMathMode(_handle, mode)) == CuBlasApi.Success) _mathMode = mode;
        if (status == CuBlasApi.Success)
        {
            Calls++;
            status = pointers ? _api.GemmPointers(_handle, product, operands, compute)
                : product.Batch > 1 ? _api.GemmStrided(_handle, product, operands, compute)
                : type == ProductType.Bfloat16 ? _api.GemmEx(_handle, product, operands, compute)
                : _api.Sgemm(_handle, product);
        }
        if (status == CuBlasApi.Success) return true;
        Failure = $"cuBLAS {Version} failed ({CuBlasStatus.Name(status)}) on a product of {product.M}×{product.N}×{product.K}; the own kernels multiply from here on";
        _tell(Failure);
        return false;
    }

    private static ScopedAcceleratorBinding? Bind(Accelerator accelerator) => accelerator is CudaAccelerator ? accelerator.BindScoped() : null;
}
