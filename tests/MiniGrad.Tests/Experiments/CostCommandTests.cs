using System.Text.Json.Nodes;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>The command <c>cost</c>: its numbers add up, and its run can be published. Nothing here asserts how fast the machine is.</summary>
public sealed class CostCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_numbers_add_up_and_the_run_can_be_published()
    {
        string run = _folder.In("run");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "cost", "--sweep", "vocabulary", "--sweep", "depth", "--rounds", "1", "--out", run, "--json");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        JsonNode[] rows = [.. json["rows"]!.AsArray().Select(row => row!)];
        Assert.Equal(["depth 1", "depth 2", "depth 4", "depth 8", "vocabulary 65", "vocabulary 256", "vocabulary 1000", "vocabulary 4096"], rows.Select(row => $"{row["sweep"]} {row["size"]}"));
        Assert.All(rows, AddsUp);

        // Each neighbour is one row away inside the sweep: 1 against 2, 2 against the mean of 1 and 4.
        double[] perFlop = [.. rows.Take(4).Select(row => 1 / (double)row["gflopPerSecond"]!)];
        Assert.Equal(perFlop[0] / perFlop[1], (double)rows[0]["cliff"]!, 1e-9);
        Assert.Equal(2 * perFlop[1] / (perFlop[0] + perFlop[2]), (double)rows[1]["cliff"]!, 1e-9);
        Assert.Equal(perFlop[3] / perFlop[2], (double)rows[3]["cliff"]!, 1e-9);
        Assert.Equal(rows.Where(row => (double)row["cliff"]! > 1.25).Select(row => $"{row["sweep"]} {row["size"]}"), json["cliffs"]!.AsArray().Select(cliff => (string)cliff!));
        string report = await File.ReadAllTextAsync(Path.Combine(run, "report.md"), TestContext.Current.CancellationToken);
        Assert.All(json["cliffs"]!.AsArray(), cliff => Assert.Contains($"{cliff}, ×", report, StringComparison.Ordinal));
        Assert.Equal(9, (await File.ReadAllLinesAsync(Path.Combine(run, "cost.csv"), TestContext.Current.CancellationToken)).Length);

        ExperimentsProgram.Outcome published = await ExperimentsProgram.RunAsync(_folder.Path, "gallery", "add", run);
        Assert.True(published.ExitCode == 0, published.Error);
        string gallery = Path.Combine(_folder.Path, "plots", "gallery", "cost");
        Assert.All((string[])["figure.png", "figure-depth.png", "figure-vocabulary.png", "cost.csv", "manifest.json", "result.json", "README.md"], file => Assert.True(File.Exists(Path.Combine(gallery, file)), file));
        Assert.DoesNotContain(_folder.Path, await File.ReadAllTextAsync(Path.Combine(gallery, "result.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unknown sweep 'widht'", "--sweep", "widht")]
    [InlineData("--rounds 0: must be at least 1", "--rounds", "0")]
    [InlineData("--threads 0: must be at least 1", "--threads", "0")]
    public async Task Wrong_options_are_usage_errors(string message, params string[] options)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, ["cost", .. options]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    // The reference model is 4 blocks of width 128 with a context of 128 and 8 sequences a step; counted by hand here.
    private static void AddsUp(JsonNode row)
    {
        bool deep = (string)row["sweep"]! == "depth";
        double layers = deep ? (double)row["size"]! : 4, vocabulary = deep ? 256 : (double)row["size"]!;
        double linear = layers * 12 * 128 * 128 + vocabulary * 128, attention = layers * 2 * 128 * 64.5;
        Assert.Equal(3 * 2 * 1024 * (linear + attention), (double)row["flop"]!["model"]!, 1.0);
        // A block's matrices: 384×128, 128×128, 512×128 and 128×512, five steps of 4m²n + 2m³ each.
        Assert.Equal(layers * 5 * 128.0 * 128 * (4 * (384 + 128 + 512 + 512) + 4 * 2 * 128), (double)row["flop"]!["optimizer"]!, 1.0);
        Assert.Equal((double)row["flop"]!["model"]! + (double)row["flop"]!["optimizer"]!, (double)row["flop"]!["step"]!, 1.0);

        Assert.Equal(1024, (int)row["tokensPerStep"]!);
        double seconds = (double)row["milliseconds"]!["step"]! / 1e3;
        Assert.True(seconds > 0);
        Assert.Equal(seconds, ((double)row["milliseconds"]!["forwardBackward"]! + (double)row["milliseconds"]!["optimizer"]!) / 1e3, 1e-9);
        Assert.Equal(1e6 * seconds / 1024, (double)row["microsecondsPerToken"]!, 1e-9);
        Assert.Equal((double)row["flop"]!["step"]! / 1024e9, (double)row["gflopPerToken"]!, 1e-12);
        Assert.Equal((double)row["flop"]!["step"]! / seconds / 1e9, (double)row["gflopPerSecond"]!, 1e-6);
    }
}
