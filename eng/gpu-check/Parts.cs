using System.Text.Json.Nodes;
using MiniGrad.Ilgpu;

namespace MiniGrad.GpuCheck;

/// <summary>What is measured on the first CUDA device, and the way to it.</summary>
internal static class Parts
{
    /// <summary>Why there is no CUDA device to check, or null.</summary>
    public static string? Absent()
    {
        IlgpuInventory found = IlgpuDevices.Discover();
        return found.Usable.Any(device => device.Kind == IlgpuDeviceKind.Cuda) ? null : $"no CUDA device: {string.Join("; ", found.Describe())}";
    }

    /// <summary>Measures a part and prints its JSON, which grows while it is measured: the last object printed counts.</summary>
    public static int Measure(string name)
    {
        IlgpuDevice device = IlgpuDevices.Discover().Usable.First(device => device.Kind == IlgpuDeviceKind.Cuda);
        JsonObject part = name switch
        {
            "products" => Products.Measure(device),
            "steps" => Steps.Measure(device),
            "training" => Training.Measure(device),
            _ => throw new ArgumentException($"there is no part '{name}'"),
        };
        Console.Out.WriteLine(part.ToJsonString());
        return 0;
    }
}
