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

    public static async Task<Outcome> RunAsync(string folder, params string[] arguments)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Process program = Start(folder, arguments);
        Task<string> output = program.StandardOutput.ReadToEndAsync(cancellation), error = program.StandardError.ReadToEndAsync(cancellation);
        await program.WaitForExitAsync(cancellation);
        return new Outcome(program.ExitCode, await output, await error);
    }

    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(MiniGrad.Experiments.Program).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
