using System.Text.Json.Nodes;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>The commands about coefficients, diagnostics and structure.</summary>
public sealed class StructureCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Coefficients_are_designed_drawn_and_fit_for_an_option()
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "coefficients", "--steps", "4", "--lower", "1e-2", "--figure", "curves.png", "--json");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        CoefficientDesign design = MinimaxCoefficients.Design(4, 1e-2);
        Assert.Equal(design.Coefficients, Rig(json["coefficients"]!.ToJsonString()).Orthogonalizer.Coefficients);
        Assert.Equal(design.Smallest, (double)json["range"]![0]!);
        Assert.All(json["curve"]!.AsArray(), point => Assert.Equal(design.Coefficients.Compose(4, (double)point![0]!), (double)point[1]!));
        Assert.True(new FileInfo(Path.Combine(_folder.Path, (string)json["figure"]!)).Length > 1000);

        ExperimentsProgram.Outcome text = await ExperimentsProgram.RunAsync(_folder.Path, "coefficients", "--steps", "4", "--lower", "1e-2");
        Assert.Contains("--set 'optimizer.orthogonalizer.coefficients=[[", text.Output, StringComparison.Ordinal);
        Assert.Contains("█", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sets_that_ship_are_listed_and_nothing_is_written()
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "coefficients", "--json");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        Assert.Equal(CoefficientSets.All.Select(set => set.Name), json["sets"]!.AsArray().Select(set => (string)set!["name"]!));
        Assert.Equal(["aol-nvidia"], json["sets"]!.AsArray().Where(set => set!["turnsAt"] is not null).Select(set => (string)set!["name"]!));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("give --steps and --lower together", "--steps", "5")]
    [InlineData("--lower is 2; expected a number between 1e-12 and 1", "--steps", "5", "--lower", "2")]
    [InlineData("--lower x: expected a number such as 3e-3", "--steps", "5", "--lower", "x")]
    public async Task Wrong_numbers_are_usage_errors(string message, params string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, ["coefficients", .. arguments]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diagnostics_are_a_line_a_parameter_and_logged_step()
    {
        string run = _folder.In("run");
        string[] train = ["train", "--optimizer", "muon", "--profile", "tiny", "--steps", "4", "--log-every", "2", "--batch", "2", "--corpus", _folder.File("corpus.txt", string.Concat(Enumerable.Range(0, 3000).Select(i => $"line {i * 7919 % 1000}\n"))), "--threads", "1", "--no-progress"];
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. train, "--diagnostics", "spectra", "--set", "optimizer.routing.qkv=split", "--set", "optimizer.qkClip=50", "--out", run]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonNode[] lines = [.. File.ReadLines(Directory.GetFiles(run, "diagnostics.jsonl", SearchOption.AllDirectories).Single()).Select(line => JsonNode.Parse(line)!)];
        int logged = File.ReadLines(Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories).Single()).Count();
        Assert.Equal(logged, lines.Select(line => (int)line["step"]!).Distinct().Count());
        JsonNode[] first = [.. lines.Where(line => (int)line["step"]! == (int)lines[0]["step"]!)];
        Assert.Equal(first.Length, first.Select(line => (string)line["parameter"]!).Distinct().Count());
        JsonNode fused = first.Single(line => (string)line["parameter"]! == "h.0.attn.c_attn.weight"), embedding = first.Single(line => (string)line["parameter"]! == "wte.weight");
        Assert.Equal((3, 0), ((int)fused["matricesOrthogonalized"]!, (int)embedding["matricesOrthogonalized"]!));
        Assert.True((double)fused["sigmaMax"]! > (double)fused["sigmaMin"]! && (double)fused["stableRank"]! > 1 && (double)fused["gradientDotUpdate"]! < 0);
        Assert.Null(embedding["sigmaMax"]);
        Assert.True((double)embedding["updateRms"]! > 0);

        ExperimentsProgram.Outcome wrong = await ExperimentsProgram.RunAsync(_folder.Path, [.. train, "--diagnostics", "spectrum"]);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("did you mean 'spectra'?", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pattern_that_matches_nothing_is_a_usage_error()
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--optimizer", "muon", "--profile", "tiny", "--steps", "1", "--set", "optimizer.routing.exclude=*.atn.*", "--no-progress", "--out", _folder.In("run"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("routing.exclude '*.atn.*' matches no parameter; did you mean 'h.0.attn.c_attn.weight'?", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_preset_says_what_it_keeps()
    {
        Assert.Equal("momentum m×n: 1 × the parameter", Presets.Get("muon").State);
        Assert.Equal("momentum m×n, secondMoment m×n: 2 × the parameter", Presets.Get("adamuon").State);
        Assert.Equal("momentum m×n, secondMoment m: 1 × the parameter", Presets.Get("normuon").State);
        Assert.Equal("momentum m×n, secondMoment m (wide: n): 1 × the parameter", Presets.Get("nvidia-normuon").State);
        Assert.Equal("momentum m×n, secondMoment 1: 1 × the parameter", Presets.Get("nvidia-namo").State);
        Assert.All(Presets.All, preset => Assert.StartsWith("momentum m×n", preset.State, StringComparison.Ordinal));
    }

    private static OptimizerOptions Rig(string coefficients) => Optim.Rig.Options("muon", $"orthogonalizer.coefficients={coefficients}", "orthogonalizer.steps=4");
}
