using System.Globalization;
using ILGPU.Runtime;

namespace MiniGrad.Ilgpu;

/// <summary>The driver through which ILGPU reaches a device.</summary>
public enum IlgpuDeviceKind
{
    /// <summary>NVIDIA's driver; kernels become PTX.</summary>
    Cuda,

    /// <summary>An OpenCL driver of any vendor; kernels become OpenCL C.</summary>
    OpenCl,
}

/// <summary>A device that a driver reported, whether or not MiniGrad can train on it.</summary>
/// <param name="Kind">The driver that reported it.</param>
/// <param name="Index">Its place among the devices of its kind, from 0, in the driver's order.</param>
/// <param name="Name">The name that the driver gives it.</param>
/// <param name="MemoryBytes">Its global memory in bytes.</param>
/// <param name="ComputeUnits">Its multiprocessors (CUDA) or compute units (OpenCL).</param>
/// <param name="Capability">What it can run: <c>sm_90</c> (CUDA), <c>OpenCL C 3.0</c>.</param>
/// <param name="RefusedReason">Why MiniGrad cannot train on it, or null where it can.</param>
public sealed record IlgpuDevice(
    IlgpuDeviceKind Kind,
    int Index,
    string Name,
    long MemoryBytes,
    int ComputeUnits,
    string Capability,
    string? RefusedReason)
{
    /// <summary>Whether MiniGrad can train on this device.</summary>
    public bool IsUsable => RefusedReason is null;

    /// <summary>ILGPU's own description, from which an accelerator is made.</summary>
    internal Device? Source { get; init; }

    /// <summary>One line: kind, name, memory in GiB, capability, units, and the reason of a refusal.</summary>
    /// <returns>The line, without a line break.</returns>
    public string Describe()
    {
        double gibibytes = MemoryBytes / (1024.0 * 1024.0 * 1024.0);
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{IlgpuDrivers.KindName(Kind)} {Index}: {Name}, {gibibytes:F1} GiB, {Capability}, {ComputeUnits} units");
        return IsUsable ? line : $"{line}, refused: {RefusedReason}";
    }
}
