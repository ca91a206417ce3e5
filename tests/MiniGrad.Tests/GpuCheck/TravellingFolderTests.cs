using System.Diagnostics;
using System.Text.Json.Nodes;
using MiniGrad.Tests.Build;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.GpuCheck;

/// <summary>The folder that travels to a GPU (eng/gpu-check): made from this build, small enough, and run to its end on a machine without one.</summary>
public sealed class TravellingFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public void It_needs_nothing_of_the_machine_and_says_why_each_part_was_skipped()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "the folder is for Linux on x86-64");
        Assert.SkipUnless(File.Exists("/usr/bin/tar") && File.Exists("/usr/bin/gzip"), "no tar and gzip in /usr/bin");
        Assert.SkipWhen(Repository.Root is null, "the tests were moved away from the source tree");
        string make = Path.Combine(Repository.Root!, "eng/gpu-check/make.sh"), check = _folder.In("check"), report = _folder.In("report");
        (int made, string said) = Run("bash", new Dictionary<string, string?>(), make, "--app", AppContext.BaseDirectory, check);
        Assert.True(made == 0, said);
        Assert.InRange(new DirectoryInfo(check).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length), 1, 60L << 20);

        // No SDK, no package cache, nothing but the system's own programs.
        string home = Directory.CreateDirectory(_folder.In("home")).FullName, temporary = Directory.CreateDirectory(_folder.In("temporary")).FullName;
        var bare = new Dictionary<string, string?> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = home, ["TMPDIR"] = temporary, ["DOTNET_ROOT"] = null, ["DOTNET_HOST_PATH"] = null, ["NUGET_PACKAGES"] = null, ["MSBuildSDKsPath"] = null };
        (int code, string output) = Run(Path.Combine(check, "run.sh"), bare, report);
        Assert.True(code == 0, output);
        JsonObject parts = JsonNode.Parse(File.ReadAllText(Path.Combine(report, "report.json")))!["parts"]!.AsObject();
        Assert.Equal(["doctor", "tests", "products", "pytorch-products", "steps", "pytorch-steps", "training", "resume", "fifty-steps", "pytorch-compiled"], parts.Select(part => part.Key));
        Assert.Equal("passed", (string?)parts["doctor"]!["status"]);
        Assert.NotNull(parts["doctor"]!["gpu"]);
        string markdown = File.ReadAllText(Path.Combine(report, "report.md"));
        bool gpu = (string?)parts["tests"]!["status"] != "skipped";
        foreach ((string name, JsonNode? part) in parts)
        {
            Assert.Contains($"| {name} |", markdown, StringComparison.Ordinal);
            if (name == "doctor" || gpu) continue;
            Assert.Equal("skipped", (string?)part!["status"]);
            Assert.StartsWith("no CUDA device: ", (string?)part["reason"], StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetDirectories(temporary, "minigrad-gpu-check.*"));
    }

    private static (int Code, string Output) Run(string program, Dictionary<string, string?> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string? value) in variables)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
