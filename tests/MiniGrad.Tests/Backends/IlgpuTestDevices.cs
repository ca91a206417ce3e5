using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;
using MiniGrad.Ilgpu;

namespace MiniGrad.Tests.Backends;

/// <summary>ILGPU's devices, each opened once a process, because compiling kernels takes most of the time.</summary>
internal static class IlgpuTestDevices
{
    private static readonly Lazy<object> CpuSession = new(OpenCpu), OpenClSession = new(OpenOpenCl), CudaSession = new(OpenCuda);

    /// <summary>The opened device of a name, or why there is none.</summary>
    public static object Find(string name) => (name switch
    {
        NamedBackends.IlgpuCpu => CpuSession,
        NamedBackends.IlgpuOpenCl => OpenClSession,
        _ => CudaSession,
    }).Value;

    // ILGPU's CPU accelerator is a debugger: 16 threads a group, one OS thread each.
    private static IlgpuSession OpenCpu()
    {
        Context context = Context.Create(builder =>
        {
            IlgpuSession.Configure(builder);
            builder.DefaultCPU();
        });
        Device device = context.GetCPUDevice(0);
        var named = new IlgpuDevice(IlgpuDeviceKind.OpenCl, 0, "ILGPU's CPU accelerator", device.MemorySize, device.NumMultiprocessors, "any", null);
        return new IlgpuSession(named, context, device.CreateAccelerator(context));
    }

    private static object OpenOpenCl()
    {
        IlgpuInventory found = IlgpuDevices.Discover();
        if (found.Devices.FirstOrDefault(d => d.Kind == IlgpuDeviceKind.OpenCl) is not { Source: CLDevice device } named) return string.Join("; ", found.Describe());
        // PoCL up to 3.1 says that it lacks the generic address space, which none of our kernels needs. Only tests run on it.
        device.Capabilities.GetType().GetProperty("GenericAddressSpace")!.SetValue(device.Capabilities, true);
        Context context = Context.Create(IlgpuSession.Configure);
        return new IlgpuSession(named, context, device.CreateAccelerator(context));
    }

    private static object OpenCuda()
    {
        IlgpuInventory found = IlgpuDevices.Discover();
        IlgpuDevice? device = found.Usable.FirstOrDefault(d => d.Kind == IlgpuDeviceKind.Cuda);
        return device is null ? string.Join("; ", found.Describe()) : IlgpuSession.Open(device);
    }
}
