using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>
/// Where a step's time goes, kernel by kernel: set it as <see cref="CpuBackend.Times"/> to record, and clear it to stop. It is
/// for one thread of kernels; without it a kernel pays one comparison.
/// </summary>
public sealed class KernelTimes
{
    private readonly Dictionary<string, (long Calls, long Ticks)> _totals = [];
    private readonly Dictionary<Type, string> _names = [];

    /// <summary>What was recorded, the longest first.</summary>
    public IReadOnlyList<(string Kernel, long Calls, TimeSpan Time)> Totals =>
        [.. _totals.Select(t => (t.Key, t.Value.Calls, Stopwatch.GetElapsedTime(0, t.Value.Ticks))).OrderByDescending(t => t.Item3)];

    /// <summary>Forgets what was recorded.</summary>
    public void Clear() => _totals.Clear();

    /// <summary>Adds one call that began at a timestamp of <see cref="Stopwatch"/> and ends now.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="start">When it began.</param>
    internal void Add(string kernel, long start)
    {
        long ticks = Stopwatch.GetTimestamp() - start;
        ref (long Calls, long Ticks) total = ref CollectionsMarshal.GetValueRefOrAddDefault(_totals, kernel, out _);
        total = (total.Calls + 1, total.Ticks + ticks);
    }

    /// <summary>The same for a kernel that is known by the type of its job.</summary>
    internal void Add(Type job, long start)
    {
        if (!_names.TryGetValue(job, out string? name)) _names[job] = name = NameOf(job);
        Add(name, start);
    }

    // UnaryBackwardJob<GeluErfFunction> becomes "UnaryBackward GeluErf".
    private static string NameOf(Type job)
    {
        string name = job.Name.Split('`')[0].Replace("Job", "", StringComparison.Ordinal);
        IEnumerable<Type> arguments = job.GetGenericArguments().Where(a => a != typeof(KeptWhole));
        return string.Join(' ', [name, .. arguments.Select(a => a.Name.Replace("Function", "", StringComparison.Ordinal))]);
    }
}
