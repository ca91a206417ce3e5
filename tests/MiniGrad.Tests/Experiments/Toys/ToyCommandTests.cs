using System.Text.Json.Nodes;
using MiniGrad.Experiments.DualNorm;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments.Toys;

/// <summary>The commands <c>theory</c> and <c>dual-norm</c> as a user runs them.</summary>
[Trait("Category", "Slow")]
public sealed class ToyCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<JsonNode> RunAsync(string run, params string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. arguments, "--out", _folder.In(run), "--json"]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return JsonNode.Parse(outcome.Output)!;
    }

    private string Read(string run, string file) => File.ReadAllText(Path.Combine(_folder.In(run), file));

    private async Task AssertPublishedAsync(string run, string name)
    {
        Assert.Equal(name, (string)JsonNode.Parse(Read(run, "manifest.json"))!["command"]!);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "plots"), $"{name}-{run}-*.png"));
        ExperimentsProgram.Outcome published = await ExperimentsProgram.RunAsync(_folder.Path, "gallery", "add", _folder.In(run));
        Assert.True(published.ExitCode == 0, published.Error);
        string gallery = Path.Combine(_folder.Path, "plots", "gallery", name);
        Assert.All((string[])["figure.png", "curves.csv", "manifest.json", "result.json", "README.md"], file => Assert.True(File.Exists(Path.Combine(gallery, file)), file));
        Assert.All(Directory.GetFiles(gallery).Where(file => Path.GetExtension(file) != ".png"), file => Assert.DoesNotContain(_folder.Path, File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Theory_reports_every_claim_and_repeats_itself()
    {
        JsonNode json = await RunAsync("first", "theory", "--quick", "--seeds", "2");
        Assert.Equal(13, json["claims"]!.AsArray().Count);
        Assert.All(json["claims"]!.AsArray(), claim => Assert.Contains((string)claim!["outcome"]!, (string)claim["kind"]! == "code" ? (string[])["holds"] : ["confirmed", "refuted", "inconclusive"]));
        Assert.Equal(4, json["claims"]!.AsArray().Count(claim => (string)claim!["kind"]! == "code"));
        Assert.Equal([0, 0, 0], json["violations"]!.AsObject().Select(v => (int)v.Value!));
        Assert.True((double)json["stepNormDeviation"]! <= 1e-8);
        Assert.All(json["slopes"]!.AsArray(), slope => Assert.Equal(2, slope!["values"]!.AsArray().Count));
        // On the quadratic the exponents follow from scaling.
        Assert.All(json["slopes"]!.AsArray().Where(s => (string)s!["function"]! == "quadratic" && (double?)s["predicted"] == 1), s => Assert.InRange((double)s!["measured"]!, 0.9, 1.1));
        string report = Read("first", "report.md");
        Assert.All(json["claims"]!.AsArray(), claim => Assert.Contains($"**{claim!["outcome"]}** ({claim["kind"]}, {claim["paper"]}: {claim["claim"]}).", report, StringComparison.Ordinal));

        // Both sides of the inequality, as written: 2 seeds × 1 kept run a schedule × its steps.
        string[] steps = Read("first", "steps.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + 6_000 + 1_500, steps.Length);
        Assert.All(steps.Skip(1).Select(line => line.Split(',')), cells => Assert.True(Number(cells[6]) <= Number(cells[7]), string.Join(',', cells)));

        await RunAsync("second", "theory", "--quick", "--seeds", "2");
        Assert.All((string[])["curves.csv", "steps.csv", "table.md", "result.json", "report.md"], file => Assert.Equal(Read("first", file), Read("second", file)));
        await AssertPublishedAsync("first", "theory");
    }

    [Fact]
    public async Task Dual_norm_reports_every_condition_and_a_verdict()
    {
        JsonNode json = await RunAsync("run", "dual-norm", "--quick", "--seeds", "2");
        JsonArray conditions = json["conditions"]!.AsArray();
        Assert.Equal(DualNormRecord.Conditions(DualNormRecord.Quick).Count, conditions.Count);
        Assert.All(conditions, c => Assert.Equal(["muon", "dual-norm-muon", "dual-norm-muon unclipped", "adamw"], c!["variants"]!.AsArray().Select(v => (string)v!["name"]!)));
        Assert.Equal(2, (int)json["verdict"]!["n"]!);
        Assert.Contains((string)json["verdict"]!["outcome"]!, (string[])["confirmed", "refuted", "inconclusive"]);
        Assert.Contains((string)json["verdict"]!["claim"]!, Read("run", "report.md"), StringComparison.Ordinal);
        Assert.Equal(1 + conditions.Count * 4 * 2 * 101, Read("run", "curves.csv").Count(c => c == '\n'));
        await AssertPublishedAsync("run", "dual-norm");
    }

    [Theory]
    [InlineData("theory", "code, Proposition 1: the one-step inequality holds at every step")]
    [InlineData("dual-norm", "dual-norm Muon ends with a lower loss than Muon")]
    public async Task Both_are_listed_and_explained(string name, string claim)
    {
        ExperimentsProgram.Outcome list = await ExperimentsProgram.RunAsync(_folder.Path, "list"), explain = await ExperimentsProgram.RunAsync(_folder.Path, "explain", name), wrong = await ExperimentsProgram.RunAsync(_folder.Path, name, "--seeds", "0");
        Assert.Contains($"  {name} ", list.Output, StringComparison.Ordinal);
        Assert.Contains(claim, explain.Output, StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("--seeds 0: must be at least 1", wrong.ErrorLine, StringComparison.Ordinal);
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
