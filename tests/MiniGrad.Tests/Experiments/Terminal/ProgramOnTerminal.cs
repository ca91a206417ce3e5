using System.Diagnostics;

namespace MiniGrad.Tests.Experiments.Terminal;

/// <summary>Runs the experiments program on a terminal of a given size, as a user sees it.</summary>
internal static class ProgramOnTerminal
{
    /// <summary>The screen after everything was shown, and every screen on the way there.</summary>
    /// <param name="folder">Where the program runs.</param>
    /// <param name="columns">Characters across.</param>
    /// <param name="rows">Lines.</param>
    /// <param name="onlyError">Whether standard output is a file, so that only standard error is the terminal.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<(int ExitCode, TerminalScreen Screen)> RunAsync(string folder, int columns, int rows, bool onlyError, params string[] arguments)
    {
        using var terminal = new PseudoTerminal(columns, rows);
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$@\" 2>{terminal.Name} >{(onlyError ? "output.txt" : terminal.Name)} </dev/null", "sh", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", typeof(MiniGrad.Experiments.Program).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder,
            Environment = { ["TERM"] = "xterm-256color", ["LINES"] = "", ["COLUMNS"] = "" },
        };
        using Process program = Process.Start(start)!;
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        await terminal.EndAsync();
        return (program.ExitCode, terminal.Screen);
    }
}
