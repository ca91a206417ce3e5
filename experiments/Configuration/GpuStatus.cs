using MiniGrad.Ilgpu;

namespace MiniGrad.Experiments.Configuration;

/// <summary>Says in one line which GPUs there are, as <c>gpu:N</c>, and why others are not used.</summary>
internal static class GpuStatus
{
    public static string Describe()
    {
        IlgpuInventory found = IlgpuDevices.Discover();
        IEnumerable<string> usable = found.Usable.Select((device, index) => $"gpu:{index} is {device.Describe()}");
        string none = found.Usable.Count == 0 ? "none can be used: " : "";
        return none + string.Join("; ", usable.Concat(found.Describe().Where(line => !found.Usable.Any(device => device.Describe() == line))));
    }
}
