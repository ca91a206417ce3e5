using System.Diagnostics;
using System.Reflection;

namespace MiniGrad.Tests.Build;

/// <summary>How the assemblies were built, and what they may refer to.</summary>
public sealed class AssemblyTests
{
    public static TheoryData<string> Ours => ["MiniGrad", "MiniGrad.Plotting", "MiniGrad.Ilgpu", "MiniGrad.Experiments", "MiniGrad.Tests"];

    [Theory]
    [MemberData(nameof(Ours))]
    public void Is_optimized(string name)
    {
        // Release must be the default everywhere: a Debug build trains several times slower and nobody is told.
        var debuggable = Assembly.Load(name).GetCustomAttribute<DebuggableAttribute>();
        Assert.False(debuggable?.IsJITOptimizerDisabled ?? false, $"{name} was built without optimization; build with -c Release");
    }

    [Theory]
    [InlineData("MiniGrad", "System.", "MathNet.Numerics", "Iced", "ADRaffy.ENSNormalize", "Microsoft.Extensions.FileSystemGlobbing")]
    [InlineData("MiniGrad.Plotting", "System.", "MathNet.Numerics", "ScottPlot", "SkiaSharp")]
    [InlineData("MiniGrad.Ilgpu", "System.", "MiniGrad", "ILGPU")]
    public void Refers_only_to(string name, params string[] allowed)
    {
        IEnumerable<string> others = Assembly.Load(name).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(a => !allowed.Any(p => p.EndsWith('.') ? a.StartsWith(p, StringComparison.Ordinal) : a == p || a.StartsWith(p + ".", StringComparison.Ordinal) && p != "MiniGrad"));
        Assert.DoesNotContain("System.CommandLine", others);
        Assert.Empty(others);
    }
}
