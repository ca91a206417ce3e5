using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Experiments;

/// <summary>Runs that are killed, stopped or refused, as a user meets them.</summary>
public sealed class InterruptionTests : IDisposable
{
    private const int Steps = 60;
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _small;

    public InterruptionTests()
    {
        string text = string.Concat(Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"The method returns the value of item {i * i % 97} when it is called {i} times.\n")));
        _small = ["--corpus", _folder.File("text.txt", text), "--profile", "tiny", "--batch", "2", "--set", "model.nLayer=1", "--set", "model.nEmbd=16", "--set", "model.nHead=2", "--set", "model.blockSize=16", "--no-progress"];
    }

    private string[] Train => ["train", .. _small, "--steps", $"{Steps}", "--checkpoint-every", "1", "--threads", "1"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Killed_runs_resume_and_end_bit_equal_to_the_unbroken_run()
    {
        int kills = Effort.Of(3, 50);
        string unbroken = await Complete([.. Train, "--out", _folder.In("unbroken")], "unbroken");
        var random = new Random(12345);
        for (int kill = 0; kill < kills; kill++)
        {
            string run = _folder.In($"killed{kill}");
            int after = random.Next(1, Steps - 20);
            using (Process program = ExperimentsProgram.Start(_folder.Path, [.. Train, "--out", run]))
            {
                await Reach(program, run, after);
                await Task.Delay(random.Next(0, 12), TestContext.Current.CancellationToken);
                Assert.True(!program.HasExited, $"kill {kill}: the run was finished already");
                program.Kill();
                await program.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.Equal(137, program.ExitCode);
            }
            Assert.Empty(Directory.GetFiles(run, "run.json", SearchOption.AllDirectories));
            await Complete(["train", "--resume", run], $"killed{kill}");
            RunFiles.AssertEqual(unbroken, run);
        }
    }

    [Fact]
    public async Task Signals_save_and_a_run_resumed_three_times_ends_equal()
    {
        string unbroken = await Complete([.. Train, "--out", _folder.In("unbroken")], "unbroken"), run = _folder.In("run");
        await Stop([.. Train, "--out", run], run, 5, "TERM", 143);
        await Stop(["train", "--resume", run], run, 15, "INT", 130);
        await Stop(["train", "--resume", run, "--steps", $"{Steps}"], run, 25, "TERM", 143);
        Assert.Empty(RunFiles.Strays(run));
        await Complete(["train", "--resume", run], "run");
        RunFiles.AssertEqual(unbroken, run);
        JsonNode manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "manifest.json"), TestContext.Current.CancellationToken))!;
        string[] from = [.. manifest["runs"]![0]!["resumedFrom"]!.AsArray().Select(f => (string)f!)];
        Assert.Equal(3, from.Length);
        Assert.All(from, f => Assert.StartsWith("adamuon/lr-0.006/seed-0/checkpoints/step-000000", f, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_experiment_goes_on_where_it_was_killed_and_repeats_nothing()
    {
        string[] experiment = ["compare", "muon", "adamw", "sgd", .. _small, "--steps", $"{Steps}", "--seeds", "1", "--jobs", "1"];
        string unbroken = await Complete([.. experiment, "--out", _folder.In("unbroken"), "--checkpoint-every", "7"], "unbroken"), run = _folder.In("run");
        using (Process program = ExperimentsProgram.Start(_folder.Path, [.. experiment, "--out", run, "--checkpoint-every", "7"]))
        {
            await Reach(program, Path.Combine(run, "adamw"), 30);
            program.Kill();
            await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        string finished = Assert.Single(Directory.GetFiles(run, "run.json", SearchOption.AllDirectories)), metrics = Path.Combine(Path.GetDirectoryName(finished)!, "metrics.jsonl");
        (DateTime, string) before = (File.GetLastWriteTimeUtc(metrics), await File.ReadAllTextAsync(finished, TestContext.Current.CancellationToken));
        await Complete(["compare", "--resume", run], "run");
        RunFiles.AssertEqual(unbroken, run);
        Assert.Equal(before, (File.GetLastWriteTimeUtc(metrics), await File.ReadAllTextAsync(finished, TestContext.Current.CancellationToken)));
        Assert.Equal(await Curves(unbroken), await Curves(run));
        Assert.Equal([0, 1, 0], JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "manifest.json"), TestContext.Current.CancellationToken))!["runs"]!.AsArray().Select(r => r!["resumedFrom"]!.AsArray().Count));

        ExperimentsProgram.Outcome again = await ExperimentsProgram.RunAsync(_folder.Path, "compare", "--resume", run);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("3 runs of 3 ended before", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("by a measurement", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_fit_the_interrupted_run_is_refused()
    {
        string run = _folder.In("run");
        await Stop([.. Train, "--out", run], run, 5, "INT", 130);
        await Refused(2, "settings.steps is 60 in the interrupted run and 61 here", "train", "--resume", run, "--steps", "61");
        await Refused(2, "use 'train --resume", "ablate-sign", "--resume", run);
        await Refused(3, "there is no resume.json", "train", "--resume", _folder.Path);

        string checkpoint = Directory.GetDirectories(run, "step-*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last(), config = Path.Combine(checkpoint, "config.json");
        string good = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(config, good + " ", TestContext.Current.CancellationToken);
        await Refused(3, "is damaged: config.json does not have its digest. If it is damaged: remove it to go on from step", "train", "--resume", run);
        await File.WriteAllTextAsync(config, good, TestContext.Current.CancellationToken);

        await File.AppendAllTextAsync(_folder.In("text.txt"), "One more line.\n", TestContext.Current.CancellationToken);
        await Refused(3, "corpus.sha256 is", "train", "--resume", run);
    }

    private async Task Refused(int code, string expected, params string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, arguments);
        Assert.True(outcome.ExitCode == code && outcome.ErrorLine.Contains(expected, StringComparison.Ordinal), $"exit {outcome.ExitCode}: {outcome.Error}");
    }

    private async Task<string> Complete(string[] arguments, string run)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return _folder.In(run);
    }

    private async Task Stop(string[] arguments, string run, int after, string signal, int expected)
    {
        using Process program = ExperimentsProgram.Start(_folder.Path, arguments);
        await Reach(program, run, after);
        ProcessSignals.Send(program, signal);
        Task<string> error = program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(program.ExitCode == expected, $"exit {program.ExitCode}: {await error}");
        Assert.Contains("--resume", await error, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetDirectories(run, "step-*", SearchOption.AllDirectories));
    }

    private static async Task Reach(Process program, string run, int steps)
    {
        while (RunFiles.LoggedSteps(run) < steps && !program.HasExited) await Task.Delay(1, TestContext.Current.CancellationToken);
        if (program.HasExited) Assert.Fail(await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<string> Curves(string run) => string.Join('\n', (await File.ReadAllLinesAsync(Path.Combine(run, "curves.csv"))).Select(line => string.Join(',', line.Split(',').Where((_, column) => column != 6))));
}
