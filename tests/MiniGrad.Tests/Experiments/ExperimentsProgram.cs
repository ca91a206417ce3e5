using System.Diagnostics;

namespace MiniGrad.Tests.Experiments;

/// <summary>Runs the experiments program as a user does, in a folder of the test's own.</summary>
internal static class ExperimentsProgram
{
    public sealed record Outcome(int ExitCode, string Output, string Error)
    {
        /// <summary>The error message without progress lines: what stands behind "error: ".</summary>
        public string ErrorLine => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(l => l.StartsWith("error: ", StringComparison.Ordinal)) ?? "";
    }

    public static Task<Outcome> RunAsync(string folder, params string[] arguments) => EndAsync(Start(folder, arguments));

    /// <summary>Runs it with variables in its environment.</summary>
    public static Task<Outcome> RunAsync(string folder, IReadOnlyDictionary<string, string> variables, params string[] arguments) => EndAsync(Start(folder, variables, arguments));

    /// <summary>Runs it from a shell.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="line">The shell's line, in which "$@" stands for the program and its arguments.</param>
    /// <param name="arguments">The arguments.</param>
    public static Task<Outcome> RunInShellAsync(string folder, string line, params string[] arguments) => EndAsync(StartInShell(folder, line, arguments));

    /// <summary>Starts it from a shell.</summary>
    public static Process StartInShell(string folder, string line, params string[] arguments) => Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line, "sh", Host, Program, .. arguments])
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static string Host => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static string Program => typeof(MiniGrad.Experiments.Program).Assembly.Location;

    private static async Task<Outcome> EndAsync(Process process)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Process program = process;
        Task<string> output = program.StandardOutput.ReadToEndAsync(cancellation), error = program.StandardError.ReadToEndAsync(cancellation);
        await program.WaitForExitAsync(cancellation);
        return new Outcome(program.ExitCode, await output, await error);
    }

    public static Process Start(string folder, params string[] arguments) => Start(folder, new Dictionary<string, string>(), arguments);

    private static Process Start(string folder, IReadOnlyDictionary<string, string> variables, string[] arguments)
    {
        var start = new ProcessStartInfo(Host, [Program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
