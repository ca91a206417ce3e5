using System.Diagnostics;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Experiments.Terminal;

namespace MiniGrad.Tests.Experiments;

/// <summary>Streams that are closed, full or go away: progress is dropped, a result that cannot be shown is an error, and files are written whatever comes.</summary>
[Collection(ShardedRuns.Collection)]
public sealed class StandardStreamTests(ShardedRuns runs) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string[] Small => runs.Small[..^2];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2>/dev/full", 0)]
    [InlineData("2>&-", 0)]
    [InlineData(">/dev/full", 5)]
    [InlineData(">&-", 5)]
    [InlineData("<&- >&- 2>&-", 5)]
    public async Task A_run_whose_streams_are_gone_leaves_all_its_files(string redirection, int exitCode)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        (string whole, string run) = (runs.Train, _folder.In("run"));
        await End(exitCode, redirection, ["train", .. runs.Small, "--optimizer", "muon", "--seed", "3", "--out", run]);
        RunFiles.AssertSameReport(whole, run);
        foreach (string file in (string[])["report.md", "result.json"]) File.Delete(Path.Combine(run, file));
        await End(exitCode, redirection, "report", run);
        RunFiles.AssertSameReport(whole, run);
    }

    [Fact]
    public async Task An_experiment_whose_progress_cannot_be_written_ends_as_any_other()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        await End(0, "2>/dev/full", ["ablate-second-moment", .. runs.Small, "--seeds", "2", "--out", _folder.In("run")]);
        RunFiles.AssertSameReport(runs.Whole, _folder.In("run"));
    }

    [Fact]
    public async Task A_hangup_saves_as_a_termination_does_and_a_second_one_does_no_harm()
    {
        string[] train = ["train", .. Small, "--steps", "400", "--eval-every", "400"];
        Assert.Equal(0, (await ExperimentsProgram.RunAsync(_folder.Path, [.. train, "--out", _folder.In("whole")])).ExitCode);
        string run = _folder.In("run");
        using (Process program = ExperimentsProgram.Start(_folder.Path, [.. train, "--out", run]))
        {
            await Reach(program, run, 5);
            ProcessSignals.Send(program, "HUP");
            ProcessSignals.Send(program, "HUP");
            await program.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(143, program.ExitCode);
        }
        Assert.Empty(RunFiles.Strays(run));
        Assert.Equal(0, (await ExperimentsProgram.RunAsync(_folder.Path, "train", "--resume", run)).ExitCode);
        RunFiles.AssertEqual(_folder.In("whole"), run);
    }

    [Theory]
    [InlineData("''", 0, 160)] // as under nohup
    [InlineData(":", 143, 40_000)]
    public async Task A_terminal_that_is_closed_stops_a_run_unless_hangups_are_ignored(string trap, int exitCode, int steps)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/setsid"), "needs setsid");
        string run = _folder.In("run"), code = _folder.In("code");
        using (var terminal = new PseudoTerminal())
        {
            // The program is the terminal's session leader, whom the system tells of its end; the shell outside tells how the program ended.
            using Process session = ExperimentsProgram.StartInShell(
                _folder.Path,
                $"trap {trap} HUP; setsid -w -c \"$@\" <>{terminal.Name} >{_folder.In("output.txt")} 2>&0; echo $? >{code}",
                ["train", .. Small, "--steps", $"{steps}", "--eval-every", $"{steps / 40}", "--out", run]);
            await Reach(session, run, 20);
            terminal.Close();
            await session.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal($"{exitCode}", (await Waited(code)).Trim());
        Assert.Equal(exitCode == 0, File.Exists(Path.Combine(run, "report.md")));
        Assert.Equal(exitCode == 0, Directory.GetFiles(run, "run.json", SearchOption.AllDirectories).Length == 1);
        Assert.Empty(RunFiles.Strays(run));
    }

    private async Task End(int exitCode, string redirection, params string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunInShellAsync(_folder.Path, $"exec \"$@\" {redirection}", arguments);
        Assert.True(outcome.ExitCode == exitCode, $"{redirection}: exit {outcome.ExitCode}: {outcome.Error}");
        if (exitCode != 0 && !redirection.Contains("2>", StringComparison.Ordinal)) Assert.StartsWith("error: standard output ", outcome.ErrorLine, StringComparison.Ordinal);
    }

    private static async Task Reach(Process program, string run, int steps)
    {
        while (RunFiles.LoggedSteps(run) < steps && !program.HasExited) await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.False(program.HasExited, $"ended before step {steps}");
    }

    private static async Task<string> Waited(string file)
    {
        while (!File.Exists(file) || new FileInfo(file).Length == 0) await Task.Delay(20, TestContext.Current.CancellationToken);
        return await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
    }
}
