using System.Globalization;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Experiments.Running;

/// <summary>
/// Decides <c>--device auto</c> where there is a GPU: a few steps of the first run on each, and the plan goes where it
/// ends sooner. What was measured is printed; no threshold is made up.
/// </summary>
/// <param name="Plan">The plan, on a device.</param>
/// <param name="Jobs">Runs at once.</param>
internal sealed record Placement(Plan Plan, int Jobs)
{
    private const string Gpu = "gpu:0";

    /// <summary>The placement of a plan.</summary>
    /// <param name="plan">The runs; their device may be <c>auto</c>.</param>
    /// <param name="jobs">Runs at once that were asked for, or null.</param>
    public static Placement Of(Plan plan, int? jobs)
    {
        RunSettings settings = plan.Arms[0].Workload.Settings;
        int onCpu = jobs ?? Math.Max(1, Environment.ProcessorCount / settings.Threads), onGpu = jobs ?? 1;
        if (settings.Device != Devices.Auto) return new Placement(plan, settings.Device == Devices.Cpu ? onCpu : onGpu);

        Plan cpu = plan.With(w => On(w, Devices.Cpu)), gpu = plan.With(w => On(w, Gpu));
        PlanEstimate slow = PlanEstimate.Of(cpu, onCpu), fast = PlanEstimate.Of(gpu, onGpu);
        bool pays = fast.TotalSeconds < slow.TotalSeconds;
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"--device auto: a step takes {slow.Arms[0].SecondsPerStep * 1e3:F1} ms on the cpu ({onCpu} at once: all in {slow.TotalSeconds:F0} s) and {fast.Arms[0].SecondsPerStep * 1e3:F1} ms on {Devices.Describe(Gpu)} ({onGpu} at once: {fast.TotalSeconds:F0} s); running on {(pays ? Gpu : Devices.Cpu)}"));
        return pays ? new Placement(gpu, onGpu) : new Placement(cpu, onCpu);
    }

    private static Workload On(Workload workload, string device)
    {
        RunSettings settings = workload.Settings with { Device = device };
        if (settings.LogEveryIsDefault) settings = settings with { LogEvery = SettingsBuilder.DefaultLogEvery(device) };
        return workload with { Settings = settings };
    }
}
