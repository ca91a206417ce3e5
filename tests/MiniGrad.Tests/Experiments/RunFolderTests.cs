using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>What is in a run folder stays there, and nothing outside gets in; a folder has one process.</summary>
[Collection(ShardedRuns.Collection)]
public sealed class RunFolderTests(ShardedRuns runs) : IDisposable
{
    private const string Secret = "whoever reads or changes this has left the folder";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("report", ".probe")]
    [InlineData("report", ".lock")]
    [InlineData("report", "figure.png")]
    [InlineData("report", "muon/lr-0.006/seed-3/metrics.jsonl")]
    [InlineData("plot", "figure.png")]
    [InlineData("train --resume", "muon/lr-0.006/seed-3/run.json")]
    [InlineData("train --resume", "resume.json")]
    [InlineData("reproduce", "curves.csv")]
    [InlineData("gallery add", "figure-x.svg")]
    [InlineData("gallery add", "figure.png")]
    public async Task A_link_is_refused_by_name_and_not_followed(string command, string file)
    {
        string run = runs.Copy(runs.Train, $"linked-{command.Replace(' ', '-')}-{Path.GetFileName(file)}"), outside = _folder.File("outside.txt", Secret), link = Path.Combine(run, file);
        File.Delete(link);
        File.CreateSymbolicLink(link, outside);
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. command.Split(' '), run]);
        Assert.True(outcome.ExitCode == 3, $"exit {outcome.ExitCode}: {outcome.Error}");
        Assert.Contains($"{file}' is a link", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(Secret, await File.ReadAllTextAsync(outside, TestContext.Current.CancellationToken));
        Assert.Equal([outside], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_folder_that_is_a_link_is_not_emptied()
    {
        string run = runs.Copy(runs.Train, "linked-folder"), outside = _folder.File("outside/step-00000006/model.safetensors", Secret);
        string checkpoints = Path.Combine(run, "muon", "lr-0.006", "seed-3", "checkpoints");
        Directory.Delete(checkpoints, recursive: true);
        Directory.CreateSymbolicLink(checkpoints, _folder.In("outside"));
        File.Delete(Path.Combine(run, "muon", "lr-0.006", "seed-3", "run.json"));
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--resume", run);
        Assert.True(outcome.ExitCode == 3, $"exit {outcome.ExitCode}: {outcome.Error}");
        Assert.Equal(Secret, await File.ReadAllTextAsync(outside, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("report")]
    [InlineData("train --resume")]
    public async Task A_record_of_another_run_is_refused_and_nothing_is_written(string command)
    {
        string run = runs.Copy(runs.Train, $"another-{command.Split(' ')[0]}"), file = Path.Combine(run, "resume.json"), trained = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        foreach (Action<JsonObject> change in (Action<JsonObject>[])[json => json["options"] = new JsonArray(), json => json["options"]!.AsArray().Add((JsonNode)new JsonArray("--batch", "4")), json => json["options"]!.AsArray()[^1]![1] = "7"])
        {
            await File.WriteAllTextAsync(file, trained, TestContext.Current.CancellationToken);
            ShardedRuns.Change(file, change);
            string before = Fingerprint(run);
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. command.Split(' '), run]);
            Assert.True(outcome.ExitCode == 3 && outcome.ErrorLine.Contains("is of another run than manifest.json beside it: ", StringComparison.Ordinal), $"exit {outcome.ExitCode}: {outcome.Error}");
            Assert.Equal(before, Fingerprint(run));
        }
    }

    [Fact]
    public async Task A_line_break_in_a_folders_name_is_shown_as_an_escape()
    {
        string broken = Directory.CreateDirectory(_folder.In("two\nlines")).FullName, run = Path.Combine(broken, "run");
        runs.Copy(runs.Train, run);
        foreach (string[] command in (string[][])[["report", "run"], ["plot", "run"], ["train", "--resume", "run"]])
        {
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(broken, command);
            Assert.True(outcome.ExitCode == 0, $"exit {outcome.ExitCode}: {outcome.Error}");
            Assert.Contains("two\\nlines", outcome.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("two\nlines", outcome.Output + outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pipe_in_a_run_folder_is_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo");
        string run = runs.Copy(runs.Train, "piped"), file = Path.Combine(run, "resume.json");
        File.Delete(file);
        await Run("mkfifo", file);
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "report", run);
        Assert.True(outcome.ExitCode == 3 && outcome.ErrorLine.Contains("a pipe", StringComparison.Ordinal), $"exit {outcome.ExitCode}: {outcome.Error}");
    }

    [Fact]
    public async Task A_log_that_has_another_name_outside_is_not_emptied_there()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs ln");
        string run = _folder.In("run"), outside = _folder.File("outside.txt", Secret);
        ExperimentsProgram.Outcome begun = await ExperimentsProgram.RunAsync(_folder.Path, ["train", .. runs.Small, "--optimizer", "muon", "--seed", "3", "--diagnostics", "norms", "--sample-every", "2", "--out", run]);
        Assert.True(begun.ExitCode == 0, begun.Error);
        string own = Path.GetDirectoryName(Directory.GetFiles(run, "run.json", SearchOption.AllDirectories).Single())!;
        Directory.Delete(Path.Combine(own, "checkpoints"), recursive: true);
        string[] files = [.. Directory.GetFiles(run, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) is not ("run.json" or "resume.json"))];
        Assert.Contains(Path.Combine(own, "diagnostics.jsonl"), files);
        foreach (string file in files) await Link(outside, file);
        File.Delete(Path.Combine(own, "run.json"));
        ExperimentsProgram.Outcome resumed = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--resume", run);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal(Secret, await File.ReadAllTextAsync(outside, TestContext.Current.CancellationToken));
        RunFiles.AssertEqual(runs.Train, run);
    }

    [Theory]
    [InlineData("report")]
    [InlineData("plot")]
    [InlineData("train --resume")]
    public async Task Whoever_reads_a_file_of_a_run_has_the_old_one_or_the_new_one(string command)
    {
        string run = runs.Copy(runs.Train, $"read-{command.Split(' ')[0]}");
        // What the commands write and do not read.
        string[] files = [.. ((string[])["figure.png", "figure.svg", "report.md", "report.html", "result.json", "table.md", "curves.csv", "verdict.json"]).Select(name => Path.Combine(run, name))];
        foreach (string file in files) await File.WriteAllTextAsync(file, Secret, TestContext.Current.CancellationToken);
        StreamReader[] held = [.. files.Select(file => new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)))];
        try
        {
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. command.Split(' '), run]);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            // A file that is written in place changes under whoever has it open.
            Assert.All(held, reader => Assert.Equal(Secret, reader.ReadToEnd()));
            Assert.All(files[..(command == "plot" ? 2 : files.Length)], file => Assert.NotEqual(Secret, File.ReadAllText(file)));
        }
        finally
        {
            foreach (StreamReader reader in held) reader.Dispose();
        }
    }

    [Fact]
    public async Task A_run_that_was_killed_at_once_can_be_started_again()
    {
        string run = _folder.In("run");
        _folder.File("run/.lock", "");
        _folder.File("run/.resume.json.0123abcd.tmp", "{");
        ExperimentsProgram.Outcome resumed = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--resume", run);
        Assert.True(resumed.ExitCode == 3 && resumed.ErrorLine.EndsWith($"start it again with --out {run}", StringComparison.Ordinal), $"exit {resumed.ExitCode}: {resumed.Error}");
        ExperimentsProgram.Outcome begun = await ExperimentsProgram.RunAsync(_folder.Path, ["train", .. runs.Small, "--optimizer", "muon", "--seed", "3", "--out", run]);
        Assert.True(begun.ExitCode == 0, begun.Error);
        RunFiles.AssertEqual(runs.Train, run);
    }

    [Fact]
    public async Task Runs_that_begin_in_one_second_get_folders_of_their_own()
    {
        ExperimentsProgram.Outcome[] begun = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ExperimentsProgram.RunAsync(_folder.Path, ["train", .. runs.Small])));
        Assert.All(begun, outcome => Assert.True(outcome.ExitCode == 0, outcome.Error));
        string[] folders = Directory.GetDirectories(_folder.In("runs"));
        Assert.Equal(3, folders.Length);
        Assert.All(folders, folder => Assert.True(File.Exists(Path.Combine(folder, "report.md")), folder));
    }

    [Fact]
    public async Task A_run_that_trains_and_keeps_one_checkpoint_can_be_read()
    {
        string run = _folder.In("run");
        using Process training = ExperimentsProgram.Start(_folder.Path, ["train", .. runs.Small[..^2], "--steps", "1000000", "--eval-every", "1000000", "--checkpoint-every", "1", "--keep", "1", "--out", run]);
        while ((!Directory.Exists(run) || Directory.GetDirectories(run, "step-*", SearchOption.AllDirectories).Length == 0) && !training.HasExited) await Task.Delay(10, TestContext.Current.CancellationToken);
        for (int i = 0; i < 6; i++)
        {
            ExperimentsProgram.Outcome sampled = await ExperimentsProgram.RunAsync(_folder.Path, "sample", "--checkpoint", run, "--prompt", "The", "--max-tokens", "2");
            Assert.True(sampled.ExitCode == 0, sampled.Error);
        }
        Assert.False(training.HasExited);
        ProcessSignals.Send(training, "TERM");
        await training.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(143, training.ExitCode);
        Assert.Single(Directory.GetDirectories(run, "step-*", SearchOption.AllDirectories));
    }

    // All files but the lock, which whoever asks holds for a moment.
    private static string Fingerprint(string folder) => string.Join('\n', Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != ".lock").Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));

    private static Task Link(string outside, string file) => Run("ln", "-f", outside, file);

    private static async Task Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
