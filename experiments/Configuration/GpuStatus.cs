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

    /// <summary>What multiplies matrices on the first GPU, and why it is not cuBLAS where it is not.</summary>
    public static string DescribeProducts()
    {
        IlgpuInventory found = IlgpuDevices.Discover();
        if (found.Usable.Count == 0) return "no GPU";
        try
        {
            using var session = IlgpuSession.Open(found.Usable[0]);
            return session.CuBlasProblem is { } problem ? $"{session.Products}: {problem}" : session.Products;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }
}
