#if ILGPU
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;
using MiniGrad.Ilgpu;

namespace MiniGrad.Tests.Ilgpu;

/// <summary>
/// The devices that tests run on, by name, each opened once a process, because compiling kernels takes most of the time:
/// <c>ilgpu-cpu</c> (ILGPU's debugger, small sizes only), <c>ilgpu-opencl</c> (any OpenCL device, PoCL included),
/// <c>ilgpu-cuda</c>. One that is absent is a skip with its reason.
/// </summary>
internal static class TestDevices
{
    public const string Cpu = "ilgpu-cpu", OpenCl = "ilgpu-opencl", Cuda = "ilgpu-cuda";
    private static readonly Lazy<object> CpuSession = new(OpenCpu), OpenClSession = new(OpenOpenCl), CudaSession = new(OpenCuda);

    /// <summary>A back end on the device of a name; skips the test where there is none.</summary>
    public static IlgpuBackend Open(string name)
    {
        object found = (name switch { Cpu => CpuSession, OpenCl => OpenClSession, Cuda => CudaSession, _ => throw new ArgumentOutOfRangeException(nameof(name), name, null) }).Value;
        Assert.SkipWhen(found is string, $"{name}: {found}");
        return new IlgpuBackend((IlgpuSession)found);
    }

    private static IlgpuSession OpenCpu()
    {
        Context context = Context.Create(builder =>
        {
            IlgpuSession.Configure(builder);
            builder.DefaultCPU();
        });
        Device device = context.GetCPUDevice(0);
        return new IlgpuSession(Described(IlgpuDeviceKind.OpenCl, "ILGPU's CPU accelerator", device), context, device.CreateAccelerator(context));
    }

    private static object OpenOpenCl()
    {
        IlgpuInventory found = IlgpuDevices.Discover();
        if (found.Devices.FirstOrDefault(d => d.Kind == IlgpuDeviceKind.OpenCl) is not { Source: CLDevice device } named) return string.Join("; ", found.Describe());
        // PoCL up to 3.1 says that it lacks the generic address space, which no kernel of ours uses. Only tests run on it.
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

    private static IlgpuDevice Described(IlgpuDeviceKind kind, string name, Device device) => new(kind, 0, name, device.MemorySize, device.NumMultiprocessors, "any", null);
}
#endif
