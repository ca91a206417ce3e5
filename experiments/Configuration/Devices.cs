using System.Globalization;

namespace MiniGrad.Experiments.Configuration;

/// <summary>Resolves <c>--device</c>.</summary>
internal static class Devices
{
    /// <summary>The device that runs use: <c>cpu</c>. A GPU that was asked for and is not usable is an error, never a silent change.</summary>
    /// <exception cref="CommandException">The name is unknown, or the device is not there.</exception>
    public static string Resolve(string device)
    {
        if (device is "auto" or "cpu") return "cpu";
        bool gpu = device == "gpu" || (device.StartsWith("gpu:", StringComparison.Ordinal) && int.TryParse(device.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (!gpu) throw CommandException.Unknown("device", device, ["auto", "cpu", "gpu", "gpu:N"]);
        throw CommandException.Usage($"--device {device}: {GpuStatus.Line}; use --device cpu");
    }
}
