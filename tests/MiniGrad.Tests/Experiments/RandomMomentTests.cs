using System.Diagnostics;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Experiments;

/// <summary>Signals and a full disk at any moment of a training, an experiment and a report: what goes on ends equal to what was never disturbed.</summary>
[Collection(ShardedRuns.Collection)]
public sealed class RandomMomentTests(ShardedRuns runs) : IDisposable
{
    private static readonly string[] Signals = ["KILL", "TERM", "INT", "HUP"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_signal_at_any_moment_costs_nothing()
    {
        const int seed = 20261201;
        var random = new Random(seed);
        (string Name, string[] Begin, Func<string, string[]> GoOn, string Whole)[] commands =
        [
            ("train", ["train", .. runs.Small, "--optimizer", "muon", "--seed", "3", "--checkpoint-every", "2"], run => ["train", "--resume", run], runs.Train),
            ("experiment", ["ablate-second-moment", .. runs.Small, "--seeds", "2", "--checkpoint-every", "2"], run => ["ablate-second-moment", "--resume", run], runs.Whole),
            ("report", [], run => ["report", run], runs.Whole),
        ];
        double[] seconds = new double[commands.Length];
        for (int i = 0; i < Effort.Of(20, 200); i++)
        {
            (string name, string[] begin, Func<string, string[]> goOn, string whole) = commands[i % commands.Length];
            string run = begin.Length == 0 ? runs.Copy(whole, $"moment-{i}") : _folder.In($"moment-{i}"), signal = Signals[random.Next(Signals.Length)];
            string[] arguments = begin.Length == 0 ? goOn(run) : [.. begin, "--out", run];
            // The first of each kind is not disturbed: it tells how long one takes.
            TimeSpan at = TimeSpan.FromSeconds(random.NextDouble() * 1.05 * seconds[i % commands.Length]);
            long start = Stopwatch.GetTimestamp();
            int code = await Disturbed(arguments, i < commands.Length ? null : at, signal);
            if (i < commands.Length) seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            string what = $"seed {seed}, {i}: {name} {signal} after {at.TotalSeconds:F3} s, exit {code}";
            Assert.True(code is 0 or 129 or 130 or 137 or 143, what);
            if (code != 0)
            {
                string[] again = File.Exists(Path.Combine(run, "resume.json")) ? goOn(run) : arguments;
                ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, again);
                Assert.True(outcome.ExitCode == 0, $"{what}; then exit {outcome.ExitCode}: {outcome.Error}");
            }
            RunFiles.AssertSameReport(whole, run);
            Directory.Delete(run, recursive: true);
        }
    }

    [Fact]
    public async Task A_full_disk_costs_nothing_either()
    {
        using SmallDisk disk = SmallDisk.Mount(_folder.In("disk"), 2048);
        string run = Path.Combine(disk.Path, "run");
        using (Process program = ExperimentsProgram.Start(_folder.Path, ["train", .. runs.Small[..^2], "--steps", "3000", "--eval-every", "3000", "--checkpoint-every", "3", "--out", run]))
        {
            while (RunFiles.LoggedSteps(run) < 10 && !program.HasExited) await Task.Delay(2, TestContext.Current.CancellationToken);
            disk.Fill();
            Task<string> error = program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await program.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(program.ExitCode == 5, $"exit {program.ExitCode}: {await error}");
            Assert.Contains("No space left", await error, StringComparison.Ordinal);
        }
        disk.Free();
        foreach ((string[] arguments, string name) in ((string[], string)[])[(["train", "--resume", run], run), (["train", .. runs.Small[..^2], "--steps", "3000", "--eval-every", "3000", "--checkpoint-every", "300", "--out", _folder.In("whole")], "whole")])
        {
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, arguments);
            Assert.True(outcome.ExitCode == 0, $"{name}: {outcome.Error}");
        }
        Assert.Equal(RunFiles.Metrics(_folder.In("whole")), RunFiles.Metrics(run));

        string before = await File.ReadAllTextAsync(Path.Combine(run, "report.md"), TestContext.Current.CancellationToken);
        disk.Fill();
        Assert.Equal(5, (await ExperimentsProgram.RunAsync(_folder.Path, "report", run)).ExitCode);
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(run, "report.md"), TestContext.Current.CancellationToken));
        disk.Free();
        Assert.Equal(0, (await ExperimentsProgram.RunAsync(_folder.Path, "report", run)).ExitCode);
        Assert.Empty(RunFiles.Strays(run));
    }

    [Fact]
    public async Task A_disk_that_fills_up_under_an_experiment_costs_nothing_either()
    {
        using SmallDisk disk = SmallDisk.Mount(_folder.In("disk"), 4096);
        string run = Path.Combine(disk.Path, "run"), whole = _folder.In("whole");
        string[] experiment = ["compare", "muon", "adamw", .. runs.Small[..^2], "--steps", "400", "--eval-every", "400", "--seeds", "1", "--jobs", "1", "--checkpoint-every", "20"];
        using (Process program = ExperimentsProgram.Start(_folder.Path, [.. experiment, "--out", run]))
        {
            // The first run has ended, and the second is on its way.
            while (RunFiles.LoggedSteps(Path.Combine(run, "adamw")) < 50 && !program.HasExited) await Task.Delay(2, TestContext.Current.CancellationToken);
            disk.Fill();
            Task<string> error = program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await program.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(program.ExitCode == 5, $"exit {program.ExitCode}: {await error}");
            Assert.Contains("No space left", await error, StringComparison.Ordinal);
        }
        disk.Free();
        foreach (string[] arguments in (string[][])[["compare", "--resume", run], [.. experiment, "--out", whole]])
        {
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, arguments);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
        }
        RunFiles.AssertEqual(whole, run);
        RunFiles.AssertSameReport(whole, run);
    }

    private async Task<int> Disturbed(string[] arguments, TimeSpan? at, string signal)
    {
        using Process program = ExperimentsProgram.Start(_folder.Path, arguments);
        Task<string> output = program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), error = program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (at is { } moment)
        {
            await Task.WhenAny(program.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(moment, TestContext.Current.CancellationToken));
            if (!program.HasExited) ProcessSignals.Send(program, signal);
        }
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        _ = (await output, await error);
        return program.ExitCode;
    }
}
