using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
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
        recorded = [.. recorded.Where(m => (string?)m.Json["instructions"] == CpuBackend.Instructions)];
        Assert.SkipWhen(recorded.Length == 0, $"all published runs are of other instructions than {CpuBackend.Instructions}");
        // A run of the profile tiny takes seconds; other corpora are not here.
        recorded = [.. recorded.Where(m => !m.Json["options"]!.ToJsonString().Contains("corpus", StringComparison.Ordinal) && TokensOfFirstRun(m.Json) <= Effort.Of(110_000, 700_000)).OrderBy(m => TokensOfFirstRun(m.Json)).Take(Effort.Of(1, 100))];
        Assert.SkipWhen(recorded.Length == 0, "no published run is small enough for this test; MINIGRAD_TESTS=full takes larger ones");
        foreach ((string path, _) in recorded)
        {
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "reproduce", path, "--runs", $"{Effort.Of(1, 2)}", "--no-progress", "--json");
            Assert.True(outcome.ExitCode == 0, $"{path}: {outcome.Output}{outcome.Error}");
            Assert.True((int)JsonNode.Parse(outcome.Output)!["loggedSteps"]! > 0, path);
        }
    }

    private static long TokensOfFirstRun(JsonNode manifest)
    {
        JsonNode settings = (manifest["arms"] is JsonArray arms ? arms[0]! : manifest)["settings"]!, model = settings["model"]!;
        long width = (int)model["nEmbd"]!, tokens = (long)(int)settings["steps"]! * (int)settings["batch"]! * (int)model["blockSize"]!;
        return tokens * width / 64; // a wider model takes longer
    }
}
