namespace MiniGrad.Experiments.Configuration;

/// <summary>Says in one line which GPUs there are and why they are not used for training.</summary>
internal static class GpuStatus
{
    public static string Line =>
#if ILGPU
        Found();
#else
        "this build has no GPU support: the ILGPU package could not be restored (dotnet build -p:UseIlgpu=true asks for it)";
#endif

#if ILGPU
    private static string Found() => $"{string.Join("; ", MiniGrad.Ilgpu.IlgpuDevices.Discover().Describe())}. Training runs on the CPU only so far";
#endif
}
