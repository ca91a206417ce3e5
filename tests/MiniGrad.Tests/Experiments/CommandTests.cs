using System.Text.Json.Nodes;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>The commands as a user calls them.</summary>
public sealed class CommandTests : IDisposable
{
    private static readonly string[] Small = ["--profile", "tiny", "--steps", "6", "--batch", "4", "--no-progress"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_experiment_leaves_everything_that_it_promises()
    {
        string run = _folder.In("run");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, ["ablate-sign", .. Small, "--seeds", "2", "--out", run, "--json"]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        Assert.Equal("ablate-sign", (string?)json["experiment"]);
        Assert.Equal("shared", (string?)json["protocol"]);
        // After six steps every model is worse than a table of pairs of bytes: whatever the interval, there is no verdict.
        Assert.Equal("none", (string?)json["verdict"]!["outcome"]);
        Assert.StartsWith("no variant ends below the bigram model's", (string?)json["verdict"]!["reason"], StringComparison.Ordinal);
        Assert.Equal((2, 0.01), ((int)json["verdict"]!["n"]!, (double)json["verdict"]!["margin"]!));
        Assert.Equal(2, json["verdict"]!["interval90"]!.AsArray().Count);
        Assert.All(json["comparisons"]!.AsArray(), c => Assert.Equal("none", (string)c!["outcome"]!));
        Assert.Equal(AblateSign.Experiment.Variants.Select(v => v.Name), json["variants"]!.AsArray().Select(v => (string)v!["name"]!));
        Assert.All(json["variants"]!.AsArray(), v => Assert.True((double)v!["finalValidationLoss"]!["mean"]! is > 0 and < 8));
        Assert.All((string[])["manifest.json", "table.md", "report.md", "verdict.json", "curves.csv", "result.json", "figure.png"], file => Assert.True(File.Exists(Path.Combine(run, file)), file));
        Assert.True(File.Exists((string?)json["figure"]));
        string[] metrics = Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories);
        Assert.Equal(2 * AblateSign.Experiment.Variants.Count * AblateSign.Experiment.Arms.Count, metrics.Length);
        Assert.All(metrics, file => Assert.Equal([1, 2, 3, 4, 5, 6], File.ReadLines(file).Select(line => (int)JsonNode.Parse(line)!["step"]!)));
        JsonNode manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "manifest.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal(MiniGrad.Data.ApiDocumentation.ExpectedSha256, (string?)manifest["corpus"]!["sha256"]);
        Assert.All(manifest["runs"]!.AsArray(), r => Assert.Equal((string)r!["variant"]! == "adamw" ? 0 : 8 * 6, (int)r["matricesOrthogonalized"]!));
        Assert.Single(manifest["runs"]!.AsArray().Where(r => (int)r!["seed"]! == 0).Select(r => $"{r!["initialWeights"]} {r["batches"]}").Distinct());
        Assert.All((string[])["manifest.json", "result.json", "report.md"], file => Assert.DoesNotContain(_folder.Path, File.ReadAllText(Path.Combine(run, file)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_runs_write_the_same_numbers_whatever_runs_beside_them()
    {
        string[] files = new string[2];
        for (int i = 0; i < 2; i++)
        {
            string run = _folder.In($"run{i}");
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, ["compare", "muon", "adamuon", .. Small, "--seeds", "1", "--jobs", $"{i + 1}", "--threads", $"{i + 1}", "--out", run]);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            files[i] = string.Join('\n', Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadLines).Select(WithoutTimes));
        }
        Assert.Equal(files[0], files[1]);
        Assert.Contains("trainLoss", files[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rate_that_was_trained_with_is_the_rate_that_is_reported()
    {
        string run = _folder.In("run");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, ["compare", "muon", "adamuon", .. Small, "--seeds", "2", "--set", "optimizer.learningRate=0.01", "--out", run, "--json"]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.All(JsonNode.Parse(outcome.Output)!["variants"]!.AsArray(), v => Assert.Equal(0.01, (double)v!["learningRate"]!));
        string report = await File.ReadAllTextAsync(Path.Combine(run, "report.md"), TestContext.Current.CancellationToken);
        Assert.Contains("0.01, as given", report, StringComparison.Ordinal);
        Assert.DoesNotContain("not reached", report, StringComparison.Ordinal); // there is no AdamW to reach
    }

    [Fact]
    public async Task A_row_that_diverged_exits_4_and_is_reported()
    {
        string run = _folder.In("run");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, ["compare", "muon", "adamw", .. Small, "--seeds", "1", "--learning-rates", "1e6", "--out", run]);
        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains("try a lower learning rate", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("diverged", await File.ReadAllTextAsync(Path.Combine(run, "table.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Debug_shows_where_and_keeps_the_exit_code()
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "explain", "nothing", "--debug");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("   at MiniGrad.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_writes_nothing()
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "ablate-sign", "--dry-run", "--json");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        Assert.Equal(AblateSign.Experiment.Seeds * AblateSign.Experiment.Variants.Count * AblateSign.Experiment.Arms.Count, (int)json["runs"]!);
        Assert.Equal(131_392, (long)json["parameters"]!);
        Assert.True((double)json["totalSeconds"]! > 0);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Replay_passes_a_recorded_case_and_fails_a_changed_one()
    {
        string golden = Path.Combine(AppContext.BaseDirectory, "Golden", "optimizers", "adamuon-paper.json");
        string output = _folder.In("ours.json");
        ExperimentsProgram.Outcome good = await ExperimentsProgram.RunAsync(_folder.Path, "replay", golden, "--out", output);
        Assert.True(good.ExitCode == 0, good.Output + good.Error);
        JsonNode recorded = JsonNode.Parse(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken))!;
        Assert.Equal(recorded["expected"]!.AsArray().Count, JsonNode.Parse(await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken))!["expected"]!.AsArray().Count);

        recorded["optimizer"]!["learningRate"] = 0.5 * (double)recorded["optimizer"]!["learningRate"]!;
        ExperimentsProgram.Outcome bad = await ExperimentsProgram.RunAsync(_folder.Path, "replay", _folder.File("changed.json", recorded.ToJsonString()), "--json");
        Assert.Equal(1, bad.ExitCode);
        Assert.False((bool)JsonNode.Parse(bad.Output)![0]!["passed"]!);
    }

    [Fact]
    public async Task A_published_run_lies_in_the_gallery()
    {
        string run = _folder.In("run");
        Assert.Equal(0, (await ExperimentsProgram.RunAsync(_folder.Path, ["ablate-sign", .. Small, "--seeds", "1", "--out", run])).ExitCode);
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "gallery", "add", run);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.All((string[])["figure.png", "curves.csv", "manifest.json", "result.json", "README.md"], file => Assert.True(File.Exists(Path.Combine(_folder.Path, "plots", "gallery", "ablate-sign", file)), file));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("doctor")]
    [InlineData("explain", "ablate-sign")]
    [InlineData("explain", "adamuon")]
    [InlineData("explain", "cost")]
    [InlineData("bench", "gemm", "--shapes", "33x17x5")]
    [InlineData("bench", "orthogonalize", "--shapes", "16x40")]
    [InlineData("bench", "step", "--size", "A", "--steps", "1", "--batch", "2")]
    [InlineData("bench", "step", "--layers", "1", "--dim", "16", "--heads", "2", "--context", "8", "--batch", "2", "--vocab", "32", "--steps", "2", "--optimizer", "muon")]
    public async Task Information_comes_as_text_and_as_one_JSON_document(params string[] arguments)
    {
        ExperimentsProgram.Outcome text = await ExperimentsProgram.RunAsync(_folder.Path, arguments);
        ExperimentsProgram.Outcome json = await ExperimentsProgram.RunAsync(_folder.Path, [.. arguments, "--json"]);
        Assert.True(text.ExitCode == 0 && text.Output.Length > 20, text.Error);
        Assert.NotNull(JsonNode.Parse(json.Output));
        Assert.Empty(json.Error);
    }

    private static string WithoutTimes(string line)
    {
        JsonObject json = JsonNode.Parse(line)!.AsObject();
        json.Remove("seconds");
        return json.ToJsonString();
    }
}
