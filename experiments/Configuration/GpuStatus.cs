namespace MiniGrad.Experiments.Configuration;

/// <summary>Says in one line which GPUs there are, as <c>gpu:N</c>, and why others are not used.</summary>
internal static class GpuStatus
{
    public static string Line =>
#if ILGPU
        Found();
#else
        "this build has no GPU support: the ILGPU package could not be restored (dotnet build -p:UseIlgpu=true asks for it)";
#endif

#if ILGPU
    private static string Found()
    {
        MiniGrad.Ilgpu.IlgpuInventory found = MiniGrad.Ilgpu.IlgpuDevices.Discover();
        IEnumerable<string> usable = found.Usable.Select((device, index) => $"gpu:{index} is {device.Describe()}");
        string none = found.Usable.Count == 0 ? "none can be used: " : "";
        return none + string.Join("; ", usable.Concat(found.Describe().Where(line => !found.Usable.Any(device => device.Describe() == line))));
    }
#endif
}
