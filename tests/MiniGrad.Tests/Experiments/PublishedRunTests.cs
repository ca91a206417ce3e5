using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Experiments.Gallery;
using MiniGrad.Tests.Build;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Experiments;

/// <summary>Published figures regenerate from their manifests with the same numbers, on the same instructions.</summary>
public sealed class PublishedRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Published_runs_repeat_themselves_digit_for_digit()
    {
        Assert.SkipWhen(Repository.Root is null, "the assembly was moved away from its source tree");
        string[] published = [.. Directory.GetFiles(Path.Combine(Repository.Root!, "plots", "gallery"), "manifest.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        (string Path, JsonNode Json)[] recorded = [.. published.Select(path => (path, JsonNode.Parse(File.ReadAllText(path))!)).Where(m => m.Item2["options"] is not null && m.Item2["corpus"] is not null)];
        Assert.SkipWhen(recorded.Length == 0, "no published manifest records its options");
        // What is to be trained anew cannot be repeated.
        recorded = [.. recorded.Where(m => !OlderPlan.Is(m.Json.AsObject()))];
        Assert.NotEmpty(recorded);
        recorded = [.. recorded.Where(m => (string?)m.Json["instructions"] == CpuBackend.Instructions)];
        Assert.SkipWhen(recorded.Length == 0, $"all published runs are of other instructions than {CpuBackend.Instructions}");
        // A run of the profile tiny takes seconds; other corpora are not here.
        recorded = [.. recorded.Where(m => !m.Json["options"]!.ToJsonString().Contains("corpus", StringComparison.Ordinal) && TokensOfFirstRun(m.Json) <= Effort.Of(1_100_000, 5_000_000)).OrderBy(m => TokensOfFirstRun(m.Json)).Take(Effort.Of(1, 100))];
        Assert.SkipWhen(recorded.Length == 0, "no published run is small enough for this test; MINIGRAD_TESTS=full takes larger ones");
        foreach ((string path, _) in recorded)
        {
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "reproduce", path, "--runs", $"{Effort.Of(1, 2)}", "--no-progress", "--json");
            Assert.True(outcome.ExitCode == 0, $"{path}: {outcome.Output}{outcome.Error}");
            Assert.True((int)JsonNode.Parse(outcome.Output)!["loggedSteps"]! > 0, path);
        }
    }

    [Theory]
    [InlineData("ablate-rms")]
    [InlineData("figure4")]
    [InlineData("cost")]
    public async Task A_published_figure_is_drawn_again_from_its_data(string name)
    {
        Assert.SkipWhen(Repository.Root is null, "the assembly was moved away from its source tree");
        string published = Path.Combine(Repository.Root!, "plots", "gallery", name), copy = _folder.In(name);
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(published).Where(file => !file.EndsWith(".png", StringComparison.Ordinal) && !file.EndsWith(".svg", StringComparison.Ordinal))) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        // 'report' draws the figure, too, and judges the data again.
        bool isJudged = name == "ablate-rms";
        if (isJudged) File.WriteAllText(Path.Combine(copy, "README.md"), "");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, isJudged ? "report" : "plot", copy);
        Assert.True(outcome.ExitCode == 0 && outcome.Error.Length == 0, outcome.Error);
        if (isJudged) Assert.All((string[])["README.md", "result.json"], file => Assert.Equal(File.ReadAllText(Path.Combine(published, file)), File.ReadAllText(Path.Combine(copy, file))));
        foreach (string figure in Directory.GetFiles(published, "*.png"))
        {
            using SkiaSharp.SKBitmap expected = SkiaSharp.SKBitmap.Decode(figure), drawn = SkiaSharp.SKBitmap.Decode(Path.Combine(copy, Path.GetFileName(figure)));
            int different = expected.Pixels.Zip(drawn.Pixels).Count(p => Math.Abs(p.First.Red - p.Second.Red) > 32 || Math.Abs(p.First.Green - p.Second.Green) > 32);
            Assert.True(different < 100, $"{different} pixels of {figure} differ; draw it again with 'plot' and publish it");
        }
    }

    [Fact]
    public async Task A_figure_of_layers_that_were_not_published_is_missing_and_said()
    {
        Assert.SkipWhen(Repository.Root is null, "the assembly was moved away from its source tree");
        string copy = _folder.In("figure4");
        Directory.CreateDirectory(copy);
        foreach (string file in (string[])["manifest.json", "curves.csv", "result.json"]) File.Copy(Path.Combine(Repository.Root!, "plots", "gallery", "figure4", file), Path.Combine(copy, file));
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "plot", copy);
        Assert.Contains("the measures of the layers (layers.jsonl) are not there", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(copy, "figure.png")));
    }

    [Fact]
    public async Task Damaged_measurements_are_one_line()
    {
        string folder = _folder.In("cost");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "cost.csv"), "", TestContext.Current.CancellationToken);
        foreach (string text in (string[])["", "{}", "[]", "{\"rows\":[{}]}", "{\"rows\":[{\"sweep\":\"width\",\"size\":7}]}"])
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "result.json"), text, TestContext.Current.CancellationToken);
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "plot", folder);
            Assert.True(outcome.ExitCode == 3 && outcome.Error.Trim().Split('\n').Length == 1, $"{text}: {outcome.ExitCode} {outcome.Error}");
        }
    }

    private static long TokensOfFirstRun(JsonNode manifest)
    {
        JsonNode settings = (manifest["arms"] is JsonArray arms ? arms[0]! : manifest)["settings"]!, model = settings["model"]!;
        long width = (int)model["nEmbd"]!, tokens = (long)(int)settings["steps"]! * (int)settings["batch"]! * (int)model["blockSize"]!;
        return tokens * width / 64; // a wider model takes longer
    }
}
