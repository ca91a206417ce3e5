using System.Text.Json.Nodes;
using MiniGrad.Experiments;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Running;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

public sealed class ShardTests
{
    [Fact]
    public void Shards_are_the_plan_dealt_out()
    {
        PlannedRun[] plan = [.. Enumerable.Range(0, 7).Select(i => new PlannedRun(Arm.Only, new Variant("v", "muon"), OptimizerOptions.FromPreset("muon"), 1e-3, (ulong)i))];
        ulong[][] shards = [.. Enumerable.Range(1, 3).Select(i => Shard.Of($"{i}/3")!.Take(plan).Select(r => r.Seed).ToArray())];
        Assert.Equal([[0, 3, 6], [1, 4], [2, 5]], shards);
        Assert.Throws<CommandException>(() => Shard.Of("8/8")!.Take(plan));
    }

    [Theory]
    [InlineData("2", "2", "2", "1")] // one task of six, started again: it must not run the whole plan
    [InlineData("3", "2", "3", "2")] // two of six: no halves
    [InlineData("1", "1", "6", "6")]
    [InlineData("x", "1", "6", "6")]
    public async Task A_task_of_an_array_must_say_its_part(string id, string first, string last, string count)
    {
        using var folder = new TemporaryFolder();
        var slurm = new Dictionary<string, string> { ["SLURM_ARRAY_TASK_ID"] = id, ["SLURM_ARRAY_TASK_MIN"] = first, ["SLURM_ARRAY_TASK_MAX"] = last, ["SLURM_ARRAY_TASK_COUNT"] = count };
        ExperimentsProgram.Outcome refused = await ExperimentsProgram.RunAsync(folder.Path, slurm, "ablate-sign", "--quick", "--out", folder.In("run"));
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith($"error: this is task {id} of a Slurm array", Assert.Single(refused.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));

        ExperimentsProgram.Outcome told = await ExperimentsProgram.RunAsync(folder.Path, slurm, "ablate-sign", "--quick", "--shard", "2/6", "--dry-run", "--json");
        Assert.True(told.ExitCode == 0, told.Error);
        Assert.Equal(4, (int)JsonNode.Parse(told.Output)!["runs"]!); // of 24
    }

    [Theory]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("3")]
    [InlineData("a/b")]
    [InlineData("1/2/3")]
    public void Anything_else_is_refused(string text) => Assert.Contains("expected I/N", Assert.Throws<CommandException>(() => Shard.Of(text)).Message, StringComparison.Ordinal);
}
