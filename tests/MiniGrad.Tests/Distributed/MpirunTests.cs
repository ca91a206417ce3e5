using System.Diagnostics;
using System.Text.Json.Nodes;
using MiniGrad.IO;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Experiments;

namespace MiniGrad.Tests.Distributed;

/// <summary>The built program under mpirun, for real.</summary>
[Trait("Category", "Slow")]
public sealed class MpirunTests : IDisposable
{
    private static readonly string[] Tiny = ["train", "--profile", "tiny", "--batch", "8", "--set", "model.nEmbd=32", "--set", "model.nHead=2", "--set", "model.blockSize=32", "--threads", "1", "--no-progress"];
    private static readonly bool Full = Environment.GetEnvironmentVariable("MINIGRAD_TESTS") == "full";
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int> { { "adamuon", 2 } };
            if (!Full) return cases;
            foreach (string preset in (string[])["adamw", "muon", "adamuon", "normuon"])
                foreach (int ranks in (int[])[1, 2, 4]) if ((preset, ranks) != ("adamuon", 2)) cases.Add(preset, ranks);
            return cases;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Ranks_give_the_losses_of_one_process_and_the_same_bits_twice(string preset, int ranks)
    {
        string[] arguments = [.. Tiny, "--optimizer", preset, "--steps", "50", "--out"];
        string[] runs = [_folder.In("first"), _folder.In("second"), _folder.In("alone")];
        Mpirun.Outcome outcome = await Mpirun.RunAsync(_folder.Path, ranks, [.. arguments, runs[0]]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains($"{ranks} rank", outcome.Error, StringComparison.Ordinal);
        outcome = await Mpirun.RunAsync(_folder.Path, ranks, [.. arguments, runs[1]]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        ExperimentsProgram.Outcome alone = await ExperimentsProgram.RunAsync(_folder.Path, [.. arguments, runs[2]]);
        Assert.True(alone.ExitCode == 0, alone.Error);

        Assert.Equal(Lines(runs[0]), Lines(runs[1]));
        double[] many = Losses(runs[0]), one = Losses(runs[2]);
        Assert.Equal(50, many.Length);
        Assert.All(one.Zip(many), p => Assert.InRange(Math.Abs(p.First - p.Second) / p.First, 0, 1e-5));
        JsonNode[] manifests = [.. runs.Select(r => JsonNode.Parse(File.ReadAllText(Path.Combine(r, "manifest.json")))!["runs"]![0]!)];
        Assert.Equal((string?)manifests[2]["batches"], (string?)manifests[0]["batches"]);
        Assert.Equal((long)manifests[2]["matricesOrthogonalized"]!, (long)manifests[0]["matricesOrthogonalized"]!);
    }

    [Fact]
    public async Task A_killed_rank_ends_the_job_and_its_last_checkpoint_resumes_on_another_number_of_ranks()
    {
        string run = _folder.In("run");
        string[] arguments = [.. Tiny, "--steps", "100000", "--checkpoint-every", "5", "--out", run];
        Process job = Mpirun.Start(_folder.Path, Mpirun.Job(2, arguments));
        Task<Mpirun.Outcome> end = Mpirun.EndAsync(job);
        CheckpointStore? store = null;
        while (store is not { Steps.Count: > 1 } && !end.IsCompleted)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            store = Directory.Exists(run) && Directory.GetDirectories(run, "checkpoints", SearchOption.AllDirectories) is [{ } folder] ? new CheckpointStore(folder) : null;
        }
        Assert.False(end.IsCompleted, end.IsCompleted ? (await end).Error : "");
        int[] ranks = Mpirun.RanksOf(run);
        Assert.Equal(2, ranks.Length);
        long killed = Stopwatch.GetTimestamp();
        Process.GetProcessById(ranks.Max()).Kill();
        Mpirun.Outcome outcome = await end;
        Assert.InRange(Stopwatch.GetElapsedTime(killed).TotalSeconds, 0, 10);
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("signal 9", outcome.Error, StringComparison.OrdinalIgnoreCase); // the launcher says which rank, on which machine
        Assert.Empty(Mpirun.RanksOf(run));

        long last = store!.Steps[^1];
        Assert.Equal(Checkpoint.ModelFile, Path.GetFileName(Checkpoint.Open(store.FolderOf(last)).OpenTensors(Checkpoint.ModelFile) is { } file ? Close(file) : ""));
        await StopAfterStepsAsync(run, last, store);

        static string Close(SafetensorsFile file)
        {
            file.Dispose();
            return Checkpoint.ModelFile;
        }
    }

    [Fact]
    public async Task Ranks_that_differ_end_with_one_message()
    {
        string other = _folder.In("other.txt");
        await File.WriteAllTextAsync(other, string.Concat(Enumerable.Repeat("Another corpus than the default. ", 3000)), TestContext.Current.CancellationToken);
        (string[] Difference, string Message)[] cases =
        [
            (["--steps", "30", "--batch", "4"], "rank 1: settings.batch is 4 here and 8 on rank 0"),
            (["--steps", "30", "--corpus", other], "rank 1: corpus is "),
        ];
        foreach ((string[] difference, string message) in cases)
        {
            string[] same = [.. Tiny.Where(a => a is not ("--batch" or "8")), "--out", _folder.In("run")];
            Mpirun.Outcome outcome = await Mpirun.EndAsync(Mpirun.Start(_folder.Path, Mpirun.Job(1, [.. same, "--steps", "30", "--batch", "8"]), Mpirun.Job(1, [.. same, .. difference, .. difference.Contains("--batch") ? (string[])[] : ["--batch", "8"]])));
            Assert.Equal(2, outcome.ExitCode);
            Assert.Contains(message, Assert.Single(outcome.Errors), StringComparison.Ordinal);
            Assert.InRange(outcome.Time.TotalSeconds, 0, 30);
            Assert.Empty(Mpirun.RanksOf(_folder.In("run")));
        }
    }

    [Theory]
    [InlineData("--out")]
    [InlineData("--resume")]
    public async Task Ranks_that_are_told_different_folders_say_so(string option)
    {
        string run = _folder.In("run"), other = _folder.In("other");
        string[] train = [.. Tiny, "--steps", "6"];
        if (option == "--resume")
        {
            foreach (string folder in (string[])[run, other])
            {
                ExperimentsProgram.Outcome trained = await ExperimentsProgram.RunAsync(_folder.Path, [.. train, "--out", folder]);
                Assert.True(trained.ExitCode == 0, trained.Error);
            }
            train = train[..1];
        }
        Mpirun.Outcome outcome = await Mpirun.EndAsync(Mpirun.Start(_folder.Path, Mpirun.Job(1, [.. train, option, run]), Mpirun.Job(1, [.. train, option, other])));
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"error: rank 1: {option} is \"{other}\" here and \"{run}\" on rank 0", Assert.Single(outcome.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_cannot_be_split_is_refused_once()
    {
        Mpirun.Outcome outcome = await Mpirun.RunAsync(_folder.Path, 3, [.. Tiny, "--steps", "30", "--out", _folder.In("run")]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal("error: batch 8 cannot be split over 3 ranks; the nearest batches that can: 6 or 9; or start 2 ranks", Assert.Single(outcome.Errors));
    }

    [Fact]
    public async Task Silent_singletons_are_an_error()
    {
        using Process probe = Mpirun.Start(_folder.Path, ["-n", "1", "true"]); // skips where there is no MPI
        await probe.WaitForExitAsync(TestContext.Current.CancellationToken);
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, new Dictionary<string, string> { ["OMPI_COMM_WORLD_SIZE"] = "2" }, [.. Tiny, "--steps", "3", "--out", _folder.In("run")]);
        Assert.Equal(5, outcome.ExitCode);
        Assert.Contains("OMPI_COMM_WORLD_SIZE says 2 ranks, but", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("sees 1", outcome.ErrorLine, StringComparison.Ordinal);
    }

    // A run of 100,000 steps: resumed, it has to go on from the checkpoint, and is stopped a few steps later, by SIGTERM.
    private async Task StopAfterStepsAsync(string run, long last, CheckpointStore store)
    {
        using Process alone = ExperimentsProgram.Start(_folder.Path, "train", "--resume", run, "--no-progress");
        Task<string> error = alone.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!alone.HasExited && store.Steps[^1] < last + 5) await Task.Delay(50, TestContext.Current.CancellationToken);
        if (!alone.HasExited) ProcessSignals.Send(alone, "TERM");
        await alone.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(alone.ExitCode == 143, await error);
        int[] steps = [.. Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories).SelectMany(File.ReadLines).Select(l => (int)JsonNode.Parse(l)!["step"]!)];
        Assert.Equal(Enumerable.Range(1, steps.Length), steps); // no step twice, none left out
        Assert.True(steps.Length >= last + 5);
    }

    private static string[] Lines(string run) => [.. Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories).SelectMany(File.ReadLines).Select(l =>
    {
        JsonObject line = JsonNode.Parse(l)!.AsObject();
        line.Remove("seconds");
        return line.ToJsonString();
    })];

    private static double[] Losses(string run) => [.. Lines(run).Select(l => (double)JsonNode.Parse(l)!["trainLoss"]!)];
}
