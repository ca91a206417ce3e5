using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Backends;

/// <summary>Every back end by name, so that one test body serves all; one that is absent is a skip with its reason.</summary>
internal static class NamedBackends
{
    public const string Cpu = "cpu", Reference = "reference", Far = "far";

    /// <summary>ILGPU's debugger: small sizes only.</summary>
    public const string IlgpuCpu = "ilgpu-cpu";

    /// <summary>Any OpenCL device, PoCL included.</summary>
    public const string IlgpuOpenCl = "ilgpu-opencl";

    /// <summary>A CUDA device with the own products.</summary>
    public const string IlgpuCuda = "ilgpu-cuda";

    /// <summary>A CUDA device with cuBLAS.</summary>
    public const string IlgpuCuBlas = "ilgpu-cublas";

    /// <summary>ILGPU's debugger, whose products are those of a stand-in for cuBLAS.</summary>
    public const string IlgpuStandIn = "ilgpu-standin";

    /// <summary>All names.</summary>
    public static TheoryData<string> All => [Cpu, Reference, Far, IlgpuCpu, IlgpuOpenCl, IlgpuCuda];

    /// <summary>The names that stand for ILGPU.</summary>
    public static TheoryData<string> Ilgpu => [IlgpuCpu, IlgpuOpenCl, IlgpuCuda];

    /// <summary>Every source of matrix products.</summary>
    public static TheoryData<string> Products => [Cpu, Reference, Far, IlgpuCpu, IlgpuStandIn, IlgpuOpenCl, IlgpuCuda, IlgpuCuBlas];

    /// <summary>Whether sizes must be small: about 0.03 GFLOP/s.</summary>
    public static bool IsSlow(string name) => name is IlgpuCpu or IlgpuStandIn;

    /// <summary>A back end; skips the test where there is none of that name, or where MINIGRAD_TEST_BACKENDS names others.</summary>
    public static IBackend Open(string name)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MINIGRAD_TEST_BACKENDS") is not { Length: > 0 } chosen || chosen.Split(',').Contains(name), $"{name}: MINIGRAD_TEST_BACKENDS does not name it");
        return Opened(name);
    }

    private static IBackend Opened(string name) => name switch
    {
        Cpu => new CpuBackend(2),
        Reference => new ReferenceBackend<float>(),
        Far => new FarMemoryBackend(),
        IlgpuCpu or IlgpuStandIn or IlgpuOpenCl or IlgpuCuda or IlgpuCuBlas => OpenIlgpu(name),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private static MiniGrad.Ilgpu.IlgpuBackend OpenIlgpu(string name)
    {
        object found = IlgpuTestDevices.Find(name);
        Assert.SkipWhen(found is string, $"{name}: {found}");
        return new MiniGrad.Ilgpu.IlgpuBackend((MiniGrad.Ilgpu.IlgpuSession)found);
    }
}

/// <summary>Tests that may use ILGPU share its accelerators, so they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class DeviceCollection
{
    public const string Name = "devices";
}
