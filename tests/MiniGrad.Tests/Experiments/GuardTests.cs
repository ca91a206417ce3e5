using System.Diagnostics;
using System.Text.Json.Nodes;
using MiniGrad.Experiments;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.IO;
using MiniGrad.Training;

namespace MiniGrad.Tests.Experiments;

/// <summary>What the program does about runs that diverge and disks that are full.</summary>
public sealed class GuardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _small;

    public GuardTests()
    {
        string text = string.Concat(Enumerable.Range(0, 400).Select(i => $"The caller reads item {i * i % 97} of the list and throws it away.\n"));
        _small = ["--corpus", _folder.File("text.txt", text), "--profile", "tiny", "--batch", "2", "--set", "model.nLayer=1", "--set", "model.nEmbd=16", "--set", "model.nHead=2", "--set", "model.blockSize=16", "--no-progress"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_that_diverges_exits_4_names_the_op_and_leaves_the_checkpoint()
    {
        string run = _folder.In("run");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, ["train", .. _small, "--optimizer", "sgd", "--set", "optimizer.learningRate=1e30", "--steps", "40", "--checkpoint-every", "1", "--out", run]);
        Assert.True(outcome.ExitCode == 4, outcome.Error);
        Assert.Matches("first (spoilt )?in the (forward pass: the result of|backward pass of) [a-z_-]+.* with '.*'.*has (NaN|\\+∞|−∞) at \\[", outcome.Error);
        string last = Directory.GetDirectories(run, "step-*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        Assert.NotEmpty(Checkpoint.Open(last).Files);
    }

    [Fact]
    public async Task A_run_of_a_sweep_that_diverges_is_recorded_and_the_sweep_goes_on()
    {
        string run = _folder.In("run");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, ["compare", "sgd", "adamw", .. _small, "--learning-rates", "1e-3,1e30", "--seeds", "2", "--steps", "12", "--out", run]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonArray runs = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "manifest.json"), TestContext.Current.CancellationToken))!["runs"]!.AsArray();
        Assert.Equal(8, runs.Count);
        Assert.All(runs, r => Assert.Equal((double)r!["learningRate"]! < 1 ? "completed" : "diverged", (string?)r["outcome"]));
        Assert.All(runs.Where(r => (double)r!["learningRate"]! > 1), r => Assert.Contains("first in", (string)r!["reason"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disk_too_small_is_refused_before_training_and_a_full_one_exits_5_and_resumes()
    {
        string unbroken = _folder.In("unbroken");
        string[] train = ["train", .. _small, "--steps", "60", "--checkpoint-every", "1", "--threads", "1"];
        using SmallDisk disk = SmallDisk.Mount(_folder.In("disk"), 4096);
        string run = Path.Combine(disk.Path, "run");
        ExperimentsProgram.Outcome refused = await ExperimentsProgram.RunAsync(_folder.Path, [.. train, "--keep", "1000", "--out", Path.Combine(disk.Path, "refused")]);
        Assert.True(refused.ExitCode == 5 && refused.ErrorLine.Contains("MiB free; 1001 checkpoints", StringComparison.Ordinal), refused.Error);
        Assert.Empty(Directory.GetFiles(Path.Combine(disk.Path, "refused"), "metrics.jsonl", SearchOption.AllDirectories));

        using (Process program = ExperimentsProgram.Start(_folder.Path, [.. train, "--out", run]))
        {
            while (RunFiles.LoggedSteps(run) < 5 && !program.HasExited) await Task.Delay(1, TestContext.Current.CancellationToken);
            disk.Fill();
            string error = await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await program.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(program.ExitCode == 5, $"exit {program.ExitCode}: {error}");
        }
        disk.Free();
        ExperimentsProgram.Outcome resumed = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--resume", run);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        await ExperimentsProgram.RunAsync(_folder.Path, [.. train, "--out", unbroken]);
        RunFiles.AssertEqual(unbroken, run);
    }

    [Fact]
    public void Checkpoints_that_do_not_fit_are_refused_with_the_numbers()
    {
        var cadence = new CheckpointCadence { EverySteps = 10, Keep = 3 };
        DiskSpace.Require("runs", 1 << 20, cadence, 2, 8 << 20);
        CommandException refusal = Assert.Throws<CommandException>(() => DiskSpace.Require("runs", 1 << 20, cadence, 2, (8 << 20) - 1));
        Assert.Equal(5, refusal.ExitCode);
        Assert.Contains("4 checkpoints of 1.0 MiB for 2 run(s) need 8.0 MiB", refusal.Message, StringComparison.Ordinal);
        DiskSpace.Require("runs", 1 << 20, CheckpointCadence.Never, 2, 0);
        Assert.True(DiskSpace.Free(_folder.Path) > 0);
    }

    [Theory]
    [InlineData("", 0, 600)]
    [InlineData("25", 25, 0)]
    [InlineData("30s", 0, 30)]
    [InlineData("1.5h", 0, 5400)]
    [InlineData("0", 0, 0)]
    public void Cadences_are_steps_or_times(string text, int steps, int seconds)
    {
        CheckpointCadence cadence = Cadence.Parse(text, 2, always: false);
        Assert.Equal((steps, TimeSpan.FromSeconds(seconds)), (cadence.EverySteps, cadence.Every));
        Assert.Equal(text == "0", cadence.IsNever);
    }

    [Theory]
    [InlineData("10x")]
    [InlineData("-1")]
    [InlineData("m")]
    [InlineData("1e9h")]
    public void Other_cadences_are_refused(string text) => Assert.Equal(2, Assert.Throws<CommandException>(() => Cadence.Parse(text, 2, always: false)).ExitCode);
}
