using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MiniGrad.GpuCheck;

/// <summary>Starts the programs of the check, each with a limit, and turns what they print into a part of the report.</summary>
internal static partial class Tool
{
    private static string Dotnet => Environment.ProcessPath!;

    private static string InFolder(string file) => Path.Combine(AppContext.BaseDirectory, file);

    /// <summary>The experiments program; it prints one JSON object.</summary>
    public static JsonObject Experiments(TimeSpan limit, params string[] arguments) => Json(Start(limit, [], Dotnet, [InFolder("MiniGrad.Experiments.dll"), .. arguments]));

    /// <summary>This program; likewise.</summary>
    public static JsonObject Self(TimeSpan limit, params string[] arguments) => Json(Start(limit, [], Dotnet, [InFolder("MiniGrad.GpuCheck.dll"), .. arguments]));

    /// <summary>PyTorch on the same work, where <c>python3</c> has one; likewise.</summary>
    public static JsonObject Python(TimeSpan limit, string part)
    {
        try
        {
            return Json(Start(limit, [], "python3", ["-u", InFolder("peer.py"), part]));
        }
        catch (Win32Exception)
        {
            return new JsonObject { ["status"] = "skipped", ["reason"] = "there is no python3" };
        }
    }

    /// <summary>Tests, on the CUDA device alone; what they print goes to a file.</summary>
    public static JsonObject Tests(TimeSpan limit, string log, params string[] selection)
    {
        (string, string)[] variables = [("MINIGRAD_TEST_BACKENDS", "ilgpu-cuda,ilgpu-cublas"), .. log.Contains("fifty", StringComparison.Ordinal) ? [("MINIGRAD_TESTS", "full")] : Array.Empty<(string, string)>()];
        Ended ended = Start(limit, variables, Dotnet, [InFolder("MiniGrad.Tests.dll"), "-noLogo", "-noColor", .. selection]);
        File.WriteAllText(log, ended.Output + ended.Errors);
        Match summary = Summary().Match(ended.Output);
        if (!summary.Success) return Failed(ended, $"it printed no summary; see {Path.GetFileName(log)}");
        int Number(int group) => int.Parse(summary.Groups[group].Value, CultureInfo.InvariantCulture);
        (int total, int errors, int failed, int skipped) = (Number(1), Number(2), Number(3), Number(4));
        int passed = total - errors - failed - skipped;
        var part = new JsonObject { ["status"] = errors + failed > 0 ? "failed" : passed == 0 ? "skipped" : "passed" };
        if (errors + failed > 0) part["reason"] = $"{errors + failed} tests failed; see {Path.GetFileName(log)}";
        else if (passed == 0) part["reason"] = "every test was skipped";
        (part["passed"], part["failed"], part["skipped"]) = (passed, errors + failed, skipped);
        part["names"] = new JsonArray([.. FailedTest().Matches(ended.Output).Take(40).Select(match => JsonValue.Create(match.Groups[1].Value.Trim()))]);
        return part;
    }

    private static JsonObject Json(Ended ended)
    {
        int start = ended.Output.IndexOf('{', StringComparison.Ordinal);
        if (start < 0) return Failed(ended, "it printed nothing to read");
        try
        {
            var part = (JsonObject)JsonNode.Parse(ended.Output[start..])!;
            if (part["status"] is null) part["status"] = ended.Reason is null ? "passed" : "failed";
            if (ended.Reason is { } reason && part["reason"] is null) part["reason"] = reason;
            return part;
        }
        catch (JsonException)
        {
            return Failed(ended, "what it printed cannot be read");
        }
    }

    private static JsonObject Failed(Ended ended, string otherwise) => new()
    {
        ["status"] = "failed",
        ["reason"] = ended.Reason ?? otherwise,
        ["end"] = string.Join('\n', (ended.Output + ended.Errors).TrimEnd().Split('\n').TakeLast(12)),
    };

    private static Ended Start(TimeSpan limit, (string Name, string Value)[] variables, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        StringBuilder output = new(), errors = new();
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        string? reason = null;
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            reason = string.Create(CultureInfo.InvariantCulture, $"it was ended after {limit.TotalSeconds:F0} s");
        }
        process.WaitForExit();
        if (reason is null && process.ExitCode != 0) reason = $"it ended with code {process.ExitCode}: {LastLine(errors)}";
        return new Ended(Text(output), Text(errors), reason);
    }

    private static void Keep(StringBuilder lines, string? line)
    {
        lock (lines) lines.AppendLine(line);
    }

    private static string Text(StringBuilder lines)
    {
        lock (lines) return lines.ToString();
    }

    private static string LastLine(StringBuilder lines) => Text(lines).TrimEnd().Split('\n')[^1];

    [GeneratedRegex(@"Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)")]
    private static partial Regex Summary();

    [GeneratedRegex(@"^\s*(MiniGrad\.Tests\.\S.*) \[FAIL\]", RegexOptions.Multiline)]
    private static partial Regex FailedTest();

    private sealed record Ended(string Output, string Errors, string? Reason);
}
