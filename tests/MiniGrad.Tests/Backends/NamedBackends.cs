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

    public const string IlgpuCuda = "ilgpu-cuda";

    /// <summary>All names.</summary>
    public static TheoryData<string> All => [Cpu, Reference, Far, IlgpuCpu, IlgpuOpenCl, IlgpuCuda];

    /// <summary>The names that stand for ILGPU.</summary>
    public static TheoryData<string> Ilgpu => [IlgpuCpu, IlgpuOpenCl, IlgpuCuda];

    /// <summary>Whether sizes must be small: about 0.03 GFLOP/s.</summary>
    public static bool IsSlow(string name) => name == IlgpuCpu;

    /// <summary>A back end; skips the test where there is none of that name.</summary>
    public static IBackend Open(string name) => name switch
    {
        Cpu => new CpuBackend(2),
        Reference => new ReferenceBackend<float>(),
        Far => new FarMemoryBackend(),
        IlgpuCpu or IlgpuOpenCl or IlgpuCuda => OpenIlgpu(name),
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
