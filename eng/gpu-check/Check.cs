using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.GpuCheck;

/// <summary>
/// The whole check: every part in a process of its own, with a limit of its own and what is left of nine minutes, the most important first. The
/// report is written after every part, so that whatever ends the check leaves what was found so far.
/// </summary>
internal sealed class Check(string folder)
{
    private static readonly TimeSpan Whole = TimeSpan.FromMinutes(9);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly JsonObject _parts = [];

    /// <summary>Runs all parts.</summary>
    /// <returns>0 when none failed; a part that was skipped has its reason.</returns>
    public int Run()
    {
        Directory.CreateDirectory(folder);
        string? absent = Parts.Absent();
        Add("doctor", Tool.Experiments(TimeSpan.FromSeconds(90), "doctor", "--json"));
        AddTests("tests", absent, TimeSpan.FromSeconds(150), "tests.log", "-namespace", "MiniGrad.Tests.Backends");
        AddPart("products", absent, 75);
        AddPeer("products", absent, 45);
        AddPart("steps", absent, 75);
        AddPeer("steps", absent, 60);
        AddPart("training", absent, 110);
        AddTests("resume", absent, TimeSpan.FromSeconds(30), "resume.log", "-class", "MiniGrad.Tests.Backends.DeviceResumeTests");
        AddTests("fifty-steps", absent, TimeSpan.FromSeconds(60), "fifty-steps.log", "-method", "MiniGrad.Tests.Backends.DeviceTrainingTests.Losses_of_profile_tiny_agree_with_the_CPU_kernels_or_with_float64");
        AddPeer("compiled", absent, 120);
        bool failed = _parts.Any(part => (string?)part.Value!["status"] == "failed");
        Console.Out.WriteLine(Report.Markdown(Document()));
        return failed ? 1 : 0;
    }

    private void AddPart(string name, string? absent, int seconds) => Add(name, absent is not null ? Skipped(absent) : Limited(seconds, limit => Tool.Self(limit, "--part", name)));

    private void AddPeer(string name, string? absent, int seconds) => Add($"pytorch-{name}", absent is not null ? Skipped(absent) : Limited(seconds, limit => Tool.Python(limit, name)));

    private void AddTests(string name, string? absent, TimeSpan limit, string log, params string[] selection) =>
        Add(name, absent is not null ? Skipped(absent) : Limited((int)limit.TotalSeconds, left => Tool.Tests(left, Path.Combine(folder, log), selection)));

    private JsonObject Limited(int seconds, Func<TimeSpan, JsonObject> run)
    {
        TimeSpan left = Whole - _clock.Elapsed;
        if (left < TimeSpan.FromSeconds(10)) return Skipped("no time was left of nine minutes");
        return run(left < TimeSpan.FromSeconds(seconds) ? left : TimeSpan.FromSeconds(seconds));
    }

    private static JsonObject Skipped(string reason) => new() { ["status"] = "skipped", ["reason"] = reason };

    private void Add(string name, JsonObject part)
    {
        part["endedAfterSeconds"] = Math.Round(_clock.Elapsed.TotalSeconds, 1);
        _parts[name] = part;
        Console.Out.WriteLine($"{_clock.Elapsed.TotalSeconds,6:F1} s  {name}: {part["status"]}{(part["reason"] is { } reason ? $", {reason}" : "")}");
        JsonObject document = Document();
        File.WriteAllText(Path.Combine(folder, "report.json"), document.ToJsonString(Indented));
        File.WriteAllText(Path.Combine(folder, "report.md"), Report.Markdown(document));
    }

    private JsonObject Document() => new()
    {
        ["check"] = "MiniGrad, gpu-check",
        ["time"] = DateTime.UtcNow.ToString("u", CultureInfo.InvariantCulture),
        ["machine"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}",
        ["parts"] = _parts.DeepClone(),
    };
}
