using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MiniGrad.Tests.Build;

/// <summary>Runs some of these tests again in a process of their own.</summary>
internal static partial class TestChild
{
    /// <summary>Runs tests in a child process and fails unless some ran and none failed.</summary>
    /// <param name="what">What a failure message calls the run.</param>
    /// <param name="arguments">Which tests, as the test program's arguments.</param>
    /// <param name="prepare">Changes the child's environment.</param>
    /// <param name="cancellationToken">Ends the child when cancelled.</param>
    /// <param name="launcher">A command that starts the child, or null.</param>
    public static async Task RunAsync(string what, string[] arguments, Action<IDictionary<string, string?>> prepare, CancellationToken cancellationToken, string[]? launcher = null)
    {
        string[] command = [.. launcher ?? [], Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", typeof(TestChild).Assembly.Location, .. arguments, "-noColor"];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        prepare(start.Environment);
        using Process child = Process.Start(start)!;
        try
        {
            Task<string> errors = child.StandardError.ReadToEndAsync(cancellationToken);
            string output = await child.StandardOutput.ReadToEndAsync(cancellationToken) + await errors;
            await child.WaitForExitAsync(cancellationToken);
            Match totals = Totals().Match(output);
            int ran = totals.Success ? Number(totals.Groups[1]) - Number(totals.Groups[2]) - Number(totals.Groups[3]) : 0;
            Assert.True(child.ExitCode == 0 && ran > 0, $"{what} (exit {child.ExitCode}, {ran} tests ran):\n{output}");
        }
        finally
        {
            if (!child.HasExited) child.Kill(entireProcessTree: true);
        }
    }

    private static int Number(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"Total: (\d+),.*Skipped: (\d+)(?:, Not Run: (\d+))?")]
    private static partial Regex Totals();
}
