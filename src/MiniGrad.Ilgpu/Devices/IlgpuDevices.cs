using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace MiniGrad.Ilgpu;

/// <summary>Looks for GPUs through ILGPU. ILGPU's CPU accelerator is a debugger and is never listed.</summary>
public static class IlgpuDevices
{
    /// <summary>Asks the CUDA and OpenCL drivers for their devices. Never throws for what a machine lacks.</summary>
    /// <returns>The drivers and devices found, with the reason for each that cannot be used.</returns>
    public static IlgpuInventory Discover()
    {
        IlgpuDrivers.EnsureResolver();
        IlgpuDriver cuda = IlgpuDrivers.Probe(IlgpuDeviceKind.Cuda);
        IlgpuDriver openCl = IlgpuDrivers.Probe(IlgpuDeviceKind.OpenCl);

        List<IlgpuDevice> devices = [];
        if (cuda.IsLoaded)
        {
            // ILGPU hides what goes wrong while it reads a device and then lists none.
            CudaDevice[] found = [.. CudaDevice.GetDevices(_ => true).OfType<CudaDevice>()];
            devices.AddRange(found.Select(FromCuda));
            cuda = found.Length > 0 ? cuda : cuda with { Problem = "the driver answers, but ILGPU can read none of its devices" };
        }

        if (openCl.IsLoaded)
        {
            string[] cards = [.. devices.Where(d => d.IsUsable).Select(d => d.Name)];
            CLDevice[] found = [.. CLDevice.GetDevices(_ => true).OfType<CLDevice>()];
            devices.AddRange(found.Select((d, i) => FromOpenCl(d, i, cards)));
            openCl = found.Length > 0 ? openCl : openCl with { Problem = "the driver answers, but ILGPU can read none of its devices" };
        }

        return new IlgpuInventory([cuda, openCl], devices);
    }

    private static IlgpuDevice FromCuda(CudaDevice device, int index)
    {
        string? reason = device switch
        {
            { Architecture: null } => "ILGPU does not know its architecture",
            { InstructionSet: null } => "its driver is too old for ILGPU to compile for it",
            { InstructionSet: { } set } when !PTXCodeGenerator.SupportedInstructionSets.Contains(set) =>
                $"ILGPU does not compile for PTX {set}",
            _ => null,
        };
        string capability = device.Architecture is { } a ? $"sm_{a.Major}{a.Minor}" : "sm_?";
        return FromDevice(IlgpuDeviceKind.Cuda, index, device, capability, reason);
    }

    private static IlgpuDevice FromOpenCl(CLDevice device, int index, string[] cudaCards)
    {
        const CLDeviceType gpu = CLDeviceType.CL_DEVICE_TYPE_GPU | CLDeviceType.CL_DEVICE_TYPE_ACCELERATOR;
        string? reason = device switch
        {
            _ when cudaCards.Contains(device.Name) => "it is reached through CUDA",
            _ when (device.DeviceType & gpu) == 0 => "it is the CPU (--device cpu is faster)",
            _ when device.CLStdVersion < CLBackend.MinimumVersion =>
                $"it has {ClVersion(device.CLStdVersion)} and ILGPU needs {ClVersion(CLBackend.MinimumVersion)}",
            _ when !device.Capabilities.GenericAddressSpace => "it lacks OpenCL's generic address space, which ILGPU needs",
            _ => null,
        };
        return FromDevice(IlgpuDeviceKind.OpenCl, index, device, ClVersion(device.CVersion), reason);
    }

    private static string ClVersion(CLCVersion version) => $"OpenCL C {version.Major}.{version.Minor}";

    private static IlgpuDevice FromDevice(IlgpuDeviceKind kind, int index, Device device, string capability, string? reason) =>
        new(kind, index, device.Name.Trim(), device.MemorySize, device.NumMultiprocessors, capability, reason) { Source = device };
}
