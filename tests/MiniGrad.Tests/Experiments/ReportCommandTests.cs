using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Experiments;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Recorded;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Tests.Experiments;

/// <summary>Shards become the report that one machine would have written, or are refused in one line.</summary>
[Collection(ShardedRuns.Collection)]
public sealed class ReportCommandTests(ShardedRuns runs)
{
    private static readonly string[] Run = ["adamuon-repo", "lr-0.006", "seed-0"];

    [Fact]
    public async Task Three_shards_merge_into_the_report_of_the_unsplit_run()
    {
        string merged = runs.In("merged");
        // In any order, and one of them twice: it has the same numbers.
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(runs.Path, "report", runs.Shard(3), runs.Shard(1), runs.Shard(2), runs.Shard(1), "--out", merged, "--json");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal("ablate-second-moment", (string?)JsonNode.Parse(outcome.Output)!["experiment"]);
        AssertSameReport(merged);
        Assert.Equal(RunFiles.Metrics(runs.Whole), RunFiles.Metrics(merged));

        JsonNode manifest = Json(merged, "manifest.json"), whole = Json(runs.Whole, "manifest.json");
        Assert.Equal(["1/3", "2/3", "3/3"], manifest["mergedFrom"]!.AsArray().Select(p => (string)p!["shard"]!).Distinct().Order());
        Assert.All(manifest["mergedFrom"]!.AsArray(), p => Assert.Equal((string?)whole["system"], (string?)p!["system"]));
        Assert.Equal(whole["runs"]!.ToJsonString(), manifest["runs"]!.ToJsonString());
        Assert.Equal((string?)whole["instructions"], (string?)manifest["instructions"]);
        Assert.Null(manifest["shard"]);
        Assert.DoesNotContain(runs.Path, manifest.ToJsonString(), StringComparison.Ordinal);

        // It is a run folder like any other.
        foreach (string file in (string[])["report.md", "figure.png", "curves.csv", "result.json", "table.md", "verdict.json"]) File.Delete(Path.Combine(merged, file));
        Assert.Equal(0, (await ExperimentsProgram.RunAsync(runs.Path, "report", merged)).ExitCode);
        AssertSameReport(merged);
        Assert.True(File.Exists(Path.Combine(merged, "figure.png")));
        // A manifest of before there were options gets them from the run folder.
        ShardedRuns.Change(Path.Combine(merged, "manifest.json"), json => json.Remove("options"));
        Assert.Equal(0, (await ExperimentsProgram.RunAsync(runs.Path, "gallery", "add", merged, "--as", "merged")).ExitCode);
        string entry = runs.In("plots/gallery/merged");
        Assert.Equal(["README.md", "curves.csv", "figure.png", "figure.svg", "manifest.json", "result.json"], Directory.GetFiles(entry).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("\"--corpus\",\"text.txt\"", Json(entry, "manifest.json")["options"]!.ToJsonString(), StringComparison.Ordinal);
        string index = await File.ReadAllTextAsync(runs.In("plots/README.md"), TestContext.Current.CancellationToken);
        Assert.Contains($"## merged\n\n{(string?)Json(merged, "result.json")["finding"]}.\n", index, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recorded_runs_are_drawn_again_over_each_axis()
    {
        string run = runs.Copy(runs.Whole, "drawn");
        File.Delete(Path.Combine(run, "figure.png"));
        ExperimentsProgram.Outcome steps = await ExperimentsProgram.RunAsync(runs.Path, "plot", run, runs.Train, "--each");
        Assert.True(steps.ExitCode == 0, steps.Error);
        string[] drawn = steps.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, drawn.Length);
        Assert.StartsWith(runs.In("plots/ablate-second-moment-drawn-"), drawn[0], StringComparison.Ordinal);
        Assert.StartsWith(runs.In("plots/train-"), drawn[1], StringComparison.Ordinal);
        // The same figure as the run's own, to the byte.
        Assert.Equal(File.ReadAllBytes(Path.Combine(runs.Whole, "figure.png")), File.ReadAllBytes(Path.Combine(run, "figure.png")));
        Assert.Equal(0, (await ExperimentsProgram.RunAsync(runs.Path, "plot", run, "--x", "tokens")).ExitCode);
        Assert.True(File.Exists(Path.Combine(run, "figure-tokens.svg")));
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(run, "figure.png")), File.ReadAllBytes(Path.Combine(run, "figure-tokens.png")));
        Assert.True(File.Exists(drawn[0].Replace(".png", "-tokens.png", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_figure_overwrites_another_runs()
    {
        string first = runs.Copy(runs.Whole, "one/same"), second = runs.Copy(runs.Whole, "two/same");
        ExperimentsProgram.Outcome both = await ExperimentsProgram.RunAsync(runs.Path, "plot", first, second, "--each");
        Assert.True(both.ExitCode == 0, both.Error);
        string[] drawn = both.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, drawn.Distinct().Count());
        Assert.All(drawn, figure => Assert.True(File.Exists(figure)));
        Assert.Equal("train-20260101-120000", PlotNames.Of("train", Path.Combine(RunFolder.Root(), "runs", "train-20260101-120000"))); // beside the others of runs the name is enough
    }

    [Fact]
    public async Task Several_runs_are_overlaid_in_one_figure()
    {
        string copy = runs.Copy(runs.Train, "train-again"), figure = runs.In("overlay.png");
        string before = string.Join(' ', Directory.GetFiles(runs.Whole).Select(file => $"{file}{File.GetLastWriteTimeUtc(file):O}"));
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(runs.Path, "plot", runs.Whole, runs.Train, copy, "--x", "tokens", "--figure", figure);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(figure, outcome.Output.Trim());
        string svg = await File.ReadAllTextAsync(runs.In("overlay.svg"), TestContext.Current.CancellationToken);
        Assert.Contains("tokens", svg, StringComparison.Ordinal);
        Assert.Equal(before, string.Join(' ', Directory.GetFiles(runs.Whole).Select(file => $"{file}{File.GetLastWriteTimeUtc(file):O}"))); // the runs stay as they are

        ExperimentsProgram.Outcome named = await ExperimentsProgram.RunAsync(runs.Path, "plot", runs.Train, copy);
        Assert.True(named.ExitCode == 0, named.Error);
        Assert.StartsWith(runs.In("plots/train-and-1-more-"), named.Output, StringComparison.Ordinal);
        Assert.True(new FileInfo(named.Output.Trim()).Length > 1000);
    }

    [Fact]
    public void A_missing_shard_is_named()
    {
        Refused("2 of the plan's 8 runs are missing; give the folder of shard 3/3, too", runs.Shard(1), runs.Shard(2));
        Refused("5 of the plan's 8 runs are missing; give the folders of shard 2/3 and 3/3, too", runs.Shard(1));
    }

    [Fact]
    public void Shards_of_different_options_are_refused()
    {
        string other = runs.Copy(runs.Shard(2), "other-options");
        foreach (string file in (string[])["resume.json", "manifest.json"]) ShardedRuns.Change(Path.Combine(other, file), json => json["options"]!.AsArray().First(o => (string)o![0]! == "--steps")![1] = "7");
        Refused("is of another plan: settings.evaluateEvery", runs.Shard(1), other, runs.Shard(3));
        Refused("is a run of 'ablate-second-moment' and", runs.Shard(1), runs.Train);
    }

    [Fact]
    public void Shards_of_different_devices_are_refused()
    {
        string other = runs.Copy(runs.Shard(2), "other-device");
        ShardedRuns.Change(Path.Combine(other, "manifest.json"), json => json["settings"]!["device"] = "gpu:0");
        Refused("ran on cpu and", runs.Shard(1), other, runs.Shard(3));
    }

    [Fact]
    public void A_run_twice_with_different_numbers_is_refused()
    {
        string other = runs.Copy(runs.Shard(1), "other-numbers"), file = Path.Combine([other, .. Run, "run.json"]);
        ShardedRuns.Change(file, json => json["result"]!["finalValidationLoss"] = 4.5);
        Refused("'adamuon-repo · seed 0' is in", runs.Shard(1), runs.Shard(2), runs.Shard(3), other);
        string metrics = Path.Combine([runs.Copy(runs.Shard(1), "other-step"), .. Run, "metrics.jsonl"]);
        File.WriteAllText(metrics, File.ReadAllText(metrics).Replace("\"step\":3,\"tokens\":96", "\"step\":3,\"tokens\":97", StringComparison.Ordinal));
        Refused("with different numbers (training losses", runs.Shard(1), runs.In("other-step"));
    }

    [Fact]
    public void An_unfinished_shard_is_named_with_what_goes_on()
    {
        string other = runs.Copy(runs.Shard(1), "unfinished");
        File.Delete(Path.Combine([other, .. Run, "run.json"]));
        Refused("unfinished: 1 of its 3 runs have not ended; 'ablate-second-moment --resume ", other, runs.Shard(2), runs.Shard(3));
    }

    [Fact]
    public void A_damaged_or_missing_folder_is_refused()
    {
        Refused("there is no such folder", runs.In("nowhere"));
        Directory.CreateDirectory(runs.In("empty"));
        Refused("there is no resume.json", runs.In("empty"));
        string cut = runs.Copy(runs.Shard(1), "cut"), metrics = Path.Combine([cut, .. Run, "metrics.jsonl"]);
        File.WriteAllLines(metrics, File.ReadAllLines(metrics)[..^1]);
        Refused("has 5 lines and the finished run logged 6", cut, runs.Shard(2), runs.Shard(3));
        string damaged = runs.Copy(runs.Shard(1), "damaged");
        File.WriteAllText(Path.Combine(damaged, "manifest.json"), "{");
        Refused("is damaged; restore it", damaged);
        File.Delete(Path.Combine(damaged, "manifest.json"));
        Refused("there is no '", damaged);
    }

    [Fact]
    public void Runs_of_another_corpus_are_refused()
    {
        string corpus = runs.In("other.txt");
        File.WriteAllText(corpus, File.ReadAllText(runs.Corpus) + "One more line.\n");
        Refused("corpus.sha256 is", ["--corpus", corpus], runs.Whole);
        Refused("--corpus b.txt: the recorded run read no corpus of that name; it read 'text.txt'", ["--corpus", runs.Corpus, "--corpus", "b.txt"], runs.Whole);
    }

    [Theory]
    [InlineData("give the run folders of all shards", "report")]
    [InlineData("is not empty", "report", "whole", "--out", "train")]
    [InlineData("--out is empty", "report", "whole", "--out", "")]
    [InlineData("give one or more run folders", "plot")]
    [InlineData("did you mean 'tokens'?", "plot", "whole", "--x", "token")]
    [InlineData("--as 'a/b': expected letters, digits and hyphens", "gallery", "add", "whole", "--as", "a/b")]
    public async Task Usage_errors_exit_2(string expected, params string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(runs.Path, arguments);
        Assert.True(outcome.ExitCode == 2 && outcome.ErrorLine.Contains(expected, StringComparison.Ordinal), $"exit {outcome.ExitCode}: {outcome.Error}");
    }

    private static void Refused(string expected, params string[] folders) => Refused(expected, [], folders);

    private static void Refused(string expected, string[] options, params string[] folders)
    {
        RootCommand root = CommandLine.Create();
        var paths = new RecordedPaths();
        var command = new Command("places");
        foreach (Option option in paths.All) command.Add(option);
        ParseResult parsed = command.Parse(options);
        Exception e = Assert.ThrowsAny<Exception>(() => RecordedPlan.Read(root, "report", folders, recorded => paths.Place(parsed, recorded, names: false)));
        (int code, string message) = Failures.Describe(e);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.True(code is ExitCode.Usage or ExitCode.InvalidData, $"exit {code}");
        Assert.DoesNotContain('\n', message);
    }

    private void AssertSameReport(string merged)
    {
        Assert.Equal(WithoutSeconds(Json(runs.Whole, "result.json")), WithoutSeconds(Json(merged, "result.json")));
        Assert.Equal(Lines(runs.Whole, "verdict.json"), Lines(merged, "verdict.json"));
        Assert.Equal(WithoutLastCell(Lines(runs.Whole, "table.md")), WithoutLastCell(Lines(merged, "table.md")));
        Assert.Equal(WithoutLastCell(Lines(runs.Whole, "report.md")), WithoutLastCell(Lines(merged, "report.md")));
        Assert.Equal(Lines(runs.Whole, "curves.csv").Select(WithoutTime), Lines(merged, "curves.csv").Select(WithoutTime));
    }

    private static string WithoutSeconds(JsonNode result)
    {
        foreach (JsonObject variant in result["variants"]!.AsArray().OfType<JsonObject>()) Assert.True(variant.Remove("secondsPerStep"));
        return result.ToJsonString();
    }

    // Seconds a step stand in the table's last column.
    private static string[] WithoutLastCell(string[] lines) => [.. lines.Select(line => line.StartsWith("| a", StringComparison.Ordinal) || line.StartsWith("| muon", StringComparison.Ordinal) ? line[..line[..^1].LastIndexOf('|')] : line)];

    private static string WithoutTime(string line) => string.Join(',', line.Split(',').Where((_, i) => i != 6));

    private static string[] Lines(string run, string file) => File.ReadAllLines(Path.Combine(run, file));

    private static JsonNode Json(string run, string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(run, file)))!;
}
