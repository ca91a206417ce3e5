using System.Diagnostics;

namespace MiniGrad.Tests.Distributed;

/// <summary>Starts the built program under the machine's own mpirun; skips the test, with the reason, where there is none.</summary>
internal static class Mpirun
{
    public sealed record Outcome(int ExitCode, string Output, string Error, TimeSpan Time)
    {
        /// <summary>The program's own error lines; the launcher adds its own.</summary>
        public string[] Errors => [.. Error.Split('\n').Where(l => l.StartsWith("error: ", StringComparison.Ordinal))];
    }

    public static async Task<Outcome> RunAsync(string folder, int ranks, params string[] arguments) => await EndAsync(Start(folder, Job(ranks, arguments)));

    /// <summary>A part of a job: so many ranks with these arguments.</summary>
    public static string[] Job(int ranks, params string[] arguments) => ["-n", $"{ranks}", Dotnet, Program, .. arguments];

    public static Process Start(string folder, params string[][] jobs)
    {
        string? mpirun = Find();
        Assert.SkipWhen(mpirun is null, "there is no mpirun on this machine: install openmpi-bin to run this test");
        List<string> all = [.. IsOpenMpi(mpirun!) ? (string[])["--allow-run-as-root", "--oversubscribe"] : []];
        for (int i = 0; i < jobs.Length; i++) all.AddRange(i == 0 ? jobs[i] : [":", .. jobs[i]]);
        var start = new ProcessStartInfo(mpirun!, all) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }

    public static async Task<Outcome> EndAsync(Process process)
    {
        using (process)
        {
            CancellationToken cancellation = TestContext.Current.CancellationToken;
            DateTime began = process.StartTime;
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation), error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return new Outcome(process.ExitCode, await output, await error, process.ExitTime - began);
        }
    }

    /// <summary>The processes of the program that were told to write to a folder.</summary>
    public static int[] RanksOf(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out int id) ? id : 0).Where(id => id > 0)
            .Where(id => CommandLine(id) is [{ } first, ..] line && Path.GetFileName(first) == Path.GetFileName(Dotnet) && line.Contains(folder)),
    ];

    private static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static string Program => typeof(MiniGrad.Experiments.Program).Assembly.Location;

    private static string[] CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, "mpirun")).FirstOrDefault(File.Exists);

    private static bool IsOpenMpi(string mpirun)
    {
        using var process = Process.Start(new ProcessStartInfo(mpirun, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Contains("Open MPI", StringComparison.Ordinal);
    }
}
