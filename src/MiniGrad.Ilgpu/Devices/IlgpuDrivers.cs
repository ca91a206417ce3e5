using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace MiniGrad.Ilgpu;

/// <summary>
/// Finds the native driver libraries. ILGPU asks for <c>cuda</c> and <c>OpenCL</c>, which on Linux exist only where
/// development packages are installed; users and containers have <c>libcuda.so.1</c> and <c>libOpenCL.so.1</c>.
/// </summary>
internal static class IlgpuDrivers
{
    private const int CudaSuccess = 0;
    private const int ClSuccess = 0;
    private const int ClPlatformNotFound = -1001;

    // A resolver can be set once per assembly and process; what it did is the same for everyone.
    private static readonly Lazy<bool> Resolver = new(SetResolver);

    /// <summary>Makes ILGPU find the versioned libraries. Must come before the first use of an ILGPU driver class.</summary>
    public static void EnsureResolver() => _ = Resolver.Value;

    public static string KindName(IlgpuDeviceKind kind) => kind == IlgpuDeviceKind.Cuda ? "CUDA" : "OpenCL";

    /// <summary>Loads a driver and asks it the first question; its answer is the reason when it cannot be used.</summary>
    public static IlgpuDriver Probe(IlgpuDeviceKind kind)
    {
        string[] names = LibraryNames(kind);
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return new IlgpuDriver(kind, name, kind == IlgpuDeviceKind.Cuda ? CudaProblem(library) : ClProblem(library));
            }
        }

        string remedy = kind == IlgpuDeviceKind.Cuda ? "install NVIDIA's driver" : "install the GPU vendor's OpenCL driver";
        string problem = names.Length == 0 ? "this system has no such driver" : $"{names[0]} cannot be loaded ({remedy})";
        return new IlgpuDriver(kind, names.FirstOrDefault("none"), problem);
    }

    private static string[] LibraryNames(IlgpuDeviceKind kind)
    {
        bool cuda = kind == IlgpuDeviceKind.Cuda;
        if (OperatingSystem.IsWindows())
        {
            return cuda ? ["nvcuda.dll"] : ["OpenCL.dll"];
        }

        if (OperatingSystem.IsMacOS())
        {
            return cuda ? [] : ["/System/Library/Frameworks/OpenCL.framework/OpenCL"];
        }

        return cuda ? ["libcuda.so.1", "libcuda.so"] : ["libOpenCL.so.1", "libOpenCL.so"];
    }

    private static unsafe string? CudaProblem(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "cuInit", out nint entry))
        {
            return "the CUDA library has no cuInit";
        }

        int code = ((delegate* unmanaged<uint, int>)entry)(0);
        return code switch
        {
            CudaSuccess => null,
            (int)CudaError.CUDA_ERROR_NO_DEVICE => "the driver sees no device (CUDA error 100)",
            _ => $"the driver does not start (CUDA error {code}, {(CudaError)code})",
        };
    }

    private static unsafe string? ClProblem(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "clGetPlatformIDs", out nint entry))
        {
            return "the OpenCL library has no clGetPlatformIDs";
        }

        uint count = 0;
        int code = ((delegate* unmanaged<uint, nint*, uint*, int>)entry)(0, null, &count);
        return code switch
        {
            ClSuccess when count > 0 => null,
            ClSuccess or ClPlatformNotFound => "the OpenCL loader finds no vendor's driver",
            _ => $"the OpenCL loader does not start (OpenCL error {code})",
        };
    }

    private static bool SetResolver()
    {
        // Under WSL ILGPU sets a resolver of its own in Cuda(), and a second one makes it throw.
        if (!OperatingSystem.IsLinux() || IsWsl())
        {
            return false;
        }

        try
        {
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // The host program has set one already; it knows its libraries.
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        string? versioned = name switch
        {
            "cuda" => "libcuda.so.1",
            "OpenCL" => "libOpenCL.so.1",
            _ => null,
        };
        return versioned is not null && NativeLibrary.TryLoad(versioned, out nint library) ? library : 0;
    }

    private static bool IsWsl()
    {
        try
        {
            return File.ReadAllText("/proc/version").Contains("microsoft", StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
