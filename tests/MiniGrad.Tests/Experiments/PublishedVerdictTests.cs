using System.Text.Json.Nodes;
using MiniGrad.Tests.Build;

namespace MiniGrad.Tests.Experiments;

/// <summary>What the gallery's numbers may not say.</summary>
public sealed class PublishedVerdictTests
{
    public static TheoryData<string> Entries => Repository.Root is not { } root ? [] :
        [.. Directory.GetDirectories(Path.Combine(root, "plots", "gallery")).Where(folder => File.Exists(Path.Combine(folder, "result.json"))).Select(folder => Path.GetFileName(folder)!)];

    [Theory]
    [MemberData(nameof(Entries))]
    public void No_verdict_is_between_models_that_learned_nothing_and_no_interval_leaves_what_can_be(string entry)
    {
        JsonNode result = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root!, "plots", "gallery", entry, "result.json")))!;
        if (result["references"]?["bigramNats"] is { } bigram && (string?)result["verdict"]?["outcome"] is { } outcome && outcome != "none")
            Assert.Contains(result["variants"]!.AsArray(), v => (double?)v!["finalValidationLoss"]!["mean"] < (double)bigram);

        foreach (JsonNode? variant in (result["arms"] as JsonArray)?.SelectMany(a => a!["variants"]!.AsArray()) ?? (result["variants"] as JsonArray) ?? [])
        {
            if (variant!["tokensSaved"]?["interval"] is JsonArray saved) Assert.True((double)saved[1]! <= 100, $"{variant["name"]}: {saved.ToJsonString()} % saved");
        }
        foreach (JsonNode? difference in ((JsonNode?[])[result["verdict"], .. (result["comparisons"] as JsonArray) ?? []]).Where(c => c?["interval"] is JsonArray))
        {
            JsonArray interval = difference!["interval"]!.AsArray();
            Assert.True((double)interval[0]! <= (double)difference["difference"]! && (double)difference["difference"]! <= (double)interval[1]!, difference.ToJsonString());
        }
    }
}
