using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;
using MiniGrad.Ilgpu;
using MiniGrad.Tests.Backends.CuBlas;

namespace MiniGrad.Tests.Backends;

/// <summary>ILGPU's devices, each opened once a process, because compiling kernels takes most of the time.</summary>
internal static class IlgpuTestDevices
{
    private static readonly Lazy<object> CpuSession = new(() => OpenCpu()), StandInSession = new(OpenStandIn), OpenClSession = new(OpenOpenCl), CudaSession = new(() => OpenCuda(cuBlas: false)), CuBlasSession = new(() => OpenCuda(cuBlas: true));

    /// <summary>The opened device of a name, or why there is none.</summary>
    public static object Find(string name) => (name switch
    {
        NamedBackends.IlgpuCpu => CpuSession,
        NamedBackends.IlgpuStandIn => StandInSession,
        NamedBackends.IlgpuOpenCl => OpenClSession,
        NamedBackends.IlgpuCuBlas => CuBlasSession,
        _ => CudaSession,
    }).Value;

    /// <summary>ILGPU's CPU accelerator, a debugger: 16 threads a group, one OS thread each.</summary>
    /// <param name="cuBlas">Where to look for cuBLAS, which must work on host memory, or null.</param>
    public static IlgpuSession OpenCpu(IEnumerable<string>? cuBlas = null)
    {
        Context context = Context.Create(builder =>
        {
            IlgpuSession.Configure(builder);
            builder.DefaultCPU();
        });
        Device device = context.GetCPUDevice(0);
        var named = new IlgpuDevice(IlgpuDeviceKind.OpenCl, 0, "ILGPU's CPU accelerator", device.MemorySize, device.NumMultiprocessors, "any", null);
        return new IlgpuSession(named, context, device.CreateAccelerator(context), cuBlas);
    }

    private static object OpenStandIn() => StandInCuBlas.PathOrProblem() is var (path, problem) && path is null ? problem! : OpenCpu([path]);

    private static object OpenOpenCl()
    {
        IlgpuInventory found = IlgpuDevices.Discover();
        if (found.Devices.FirstOrDefault(d => d.Kind == IlgpuDeviceKind.OpenCl) is not { Source: CLDevice device } named) return string.Join("; ", found.Describe());
        // PoCL up to 3.1 says that it lacks the generic address space, which none of our kernels needs. Only tests run on it.
        device.Capabilities.GetType().GetProperty("GenericAddressSpace")!.SetValue(device.Capabilities, true);
        Context context = Context.Create(IlgpuSession.Configure);
        return new IlgpuSession(named, context, device.CreateAccelerator(context));
    }

    private static object OpenCuda(bool cuBlas)
    {
        IlgpuInventory found = IlgpuDevices.Discover();
        IlgpuDevice? device = found.Usable.FirstOrDefault(d => d.Kind == IlgpuDeviceKind.Cuda);
        if (device is null) return string.Join("; ", found.Describe());
        IlgpuSession session = IlgpuSession.Open(device, cuBlas);
        return cuBlas && session.CuBlas is null ? session.CuBlasProblem ?? "cuBLAS was switched off" : session;
    }
}
