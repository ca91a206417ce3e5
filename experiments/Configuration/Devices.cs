using System.Globalization;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Ilgpu;

namespace MiniGrad.Experiments.Configuration;

/// <summary>Resolves <c>--device</c> and opens what it names. A GPU that was asked for and is not usable is an error, never a silent change.</summary>
internal static class Devices
{
    public const string Cpu = "cpu", Auto = "auto";

    private static readonly string[] Forms = [Auto, Cpu, "gpu", "gpu:N"];

    /// <summary>
    /// <c>cpu</c>, <c>gpu:N</c> for a GPU that is there, or <c>auto</c> where there is a GPU and a measurement must tell
    /// (<see cref="Running.Placement"/>).
    /// </summary>
    /// <exception cref="CommandException">The name is unknown, or the device is not there.</exception>
    public static string Resolve(string device)
    {
        if (device == Cpu || (device == Auto && !HasGpu)) return Cpu;
        if (device == Auto) return Auto;
        int index = 0;
        bool gpu = device == "gpu" || (device.StartsWith("gpu:", StringComparison.Ordinal) && int.TryParse(device.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out index));
        if (!gpu) throw CommandException.Unknown("device", device, Forms);
        string name = string.Create(CultureInfo.InvariantCulture, $"gpu:{index}");
        _ = Describe(name);
        return name;
    }

    private static bool HasGpu => IlgpuDevices.Discover().Usable.Count > 0;

    /// <summary>The device with its name, such as <c>gpu:0 (NVIDIA H100)</c>.</summary>
    public static string Describe(string device) => device.StartsWith("gpu:", StringComparison.Ordinal) ? $"{device} ({Gpu(device).Name})" : device;

    /// <summary>A back end on a resolved device.</summary>
    public static IBackend Open(string device, int threads)
    {
        if (device == Cpu) return new CpuBackend(threads);
        IlgpuSession session = IlgpuSession.Open(Gpu(device));
        if (session.CuBlasProblem is { } problem) Console.Error.WriteLine(problem);
        session.Failed += Console.Error.WriteLine;
        return new IlgpuBackend(session, ownsSession: true);
    }

    private static IlgpuDevice Gpu(string device)
    {
        try
        {
            return IlgpuDevices.Discover().Select(int.Parse(device.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture));
        }
        catch (InvalidOperationException e)
        {
            throw CommandException.Usage($"--device {device}: {e.Message.TrimEnd('.')}");
        }
    }
}
