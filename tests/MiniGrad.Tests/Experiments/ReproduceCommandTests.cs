using System.Text.Json.Nodes;

namespace MiniGrad.Tests.Experiments;

/// <summary>A recorded run is repeated from its manifest, and every number that differs is named.</summary>
[Collection(ShardedRuns.Collection)]
public sealed class ReproduceCommandTests(ShardedRuns runs)
{
    [Fact]
    public async Task A_run_repeats_itself_to_the_last_digit()
    {
        string again = runs.In("again");
        ExperimentsProgram.Outcome outcome = await Reproduce(Path.Combine(runs.Whole, "manifest.json"), "--corpus", runs.Corpus, "--out", again, "--json");
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        Assert.Equal((true, 8, 8, 48), ((bool)json["reproduced"]!, (int)json["runs"]!, (int)json["matching"]!, (int)json["loggedSteps"]!));
        Assert.Empty(json["machine"]!.AsArray());
        Assert.Equal(RunFiles.Metrics(runs.Whole), RunFiles.Metrics(again));
        // The repetition is a run folder whose manifest repeats, too; of a shard, the shard is repeated.
        Assert.Equal(0, (await Reproduce(again, "--corpus", runs.Corpus, "--runs", "1")).ExitCode);
        ExperimentsProgram.Outcome shard = await Reproduce(runs.Shard(3), "--corpus", runs.Corpus);
        Assert.True(shard.ExitCode == 0 && shard.Output.Contains("2 of 2 runs", StringComparison.Ordinal), shard.Output + shard.Error);
    }

    [Fact]
    public async Task A_train_run_repeats_itself() => Assert.Equal(0, (await Reproduce(runs.Train, "--corpus", runs.Corpus)).ExitCode);

    [Fact]
    public async Task Numbers_that_differ_are_named_and_exit_1()
    {
        string copy = runs.Copy(runs.Whole, "changed"), manifest = Path.Combine(copy, "manifest.json");
        string loss = "";
        ShardedRuns.Change(manifest, json =>
        {
            json["codeVersion"] = "0.0.1";
            loss = json["runs"]![1]!["finalValidationLoss"]!.ToString();
            json["runs"]![1]!["finalValidationLoss"] = 4.25;
        });
        string[] curves = File.ReadAllLines(Path.Combine(copy, "curves.csv"));
        int line = Array.FindIndex(curves, l => l.StartsWith("\"\",\"adamuon-repo\",0.006,0,4,", StringComparison.Ordinal));
        string[] cells = curves[line].Split(',');
        string trainLoss = cells[7];
        cells[7] = "4.5";
        curves[line] = string.Join(',', cells);
        File.WriteAllLines(Path.Combine(copy, "curves.csv"), curves);

        ExperimentsProgram.Outcome outcome = await Reproduce(manifest, "--corpus", runs.Corpus, "--runs", "2");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"adamuon-repo · seed 0: from step 4 on trainLoss 4.5 recorded, {trainLoss} here\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"adamuon-repo without second moment · seed 0: final validation loss 4.25 recorded, {loss} here\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("not reproduced: 0 of 2 runs", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("codeVersion: 0.0.1 recorded", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_repeated_is_refused_in_one_line()
    {
        string manifest = Path.Combine(runs.Whole, "manifest.json");
        await Refused(3, "there is no file", "nowhere.json");
        await Refused(3, "is not JSON: line 1, byte 1", runs.Corpus);
        await Refused(3, "records no options of 'ablate-second-moment'", Changed("old", json => json.Remove("options")));
        await Refused(2, "the recorded run read the corpus 'text.txt', and a manifest holds no paths; give --corpus PATH", manifest);
        await Refused(2, "--runs 0: must be at least 1", manifest, "--runs", "0");
        await Refused(2, "is not empty", manifest, "--corpus", runs.Corpus, "--out", runs.Train);
        await Refused(3, "had not ended; give the manifest of a finished run", Changed("unfinished-manifest", json => json["runs"]![0]!["outcome"] = null), "--corpus", runs.Corpus);
        await Refused(3, "plans other runs: settings.warmupSteps is 17 in the record and 1 here", Changed("warmup", json => json["settings"]!["warmupSteps"] = 17), "--corpus", runs.Corpus);
        await Refused(3, "plans other runs: optimizer.momentum is 0.5 in the record and 0.95 here (adamuon-repo)", Changed("momentum", json => json["runs"]![0]!["optimizer"]!["momentum"] = 0.5), "--corpus", runs.Corpus);
        File.WriteAllText(runs.In("other-text.txt"), File.ReadAllText(runs.Corpus) + "One more line.\n");
        await Refused(3, "the corpus 'other-text.txt' has the SHA-256", manifest, "--corpus", runs.In("other-text.txt"));
        await Refused(2, "was trained by 2 ranks", Changed("ranks", json => json["ranks"] = 2), "--corpus", runs.Corpus);
    }

    private string Changed(string name, Action<JsonObject> change)
    {
        string path = Path.Combine(runs.In(name), "manifest.json");
        Directory.CreateDirectory(runs.In(name));
        File.Copy(Path.Combine(runs.Whole, "manifest.json"), path);
        ShardedRuns.Change(path, change);
        return path;
    }

    private async Task Refused(int code, string expected, params string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await Reproduce(arguments);
        Assert.True(outcome.ExitCode == code && outcome.ErrorLine.Contains(expected, StringComparison.Ordinal), $"exit {outcome.ExitCode}, expected '{expected}': {outcome.Error}");
    }

    private Task<ExperimentsProgram.Outcome> Reproduce(params string[] arguments) => ExperimentsProgram.RunAsync(runs.Path, ["reproduce", .. arguments, "--no-progress"]);
}
