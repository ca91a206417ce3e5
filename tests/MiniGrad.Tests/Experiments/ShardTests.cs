using MiniGrad.Experiments;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Running;
using MiniGrad.Optim;

namespace MiniGrad.Tests.Experiments;

public sealed class ShardTests
{
    [Fact]
    public void Shards_are_the_plan_dealt_out()
    {
        PlannedRun[] plan = [.. Enumerable.Range(0, 7).Select(i => new PlannedRun(Arm.Only, new Variant("v", "muon"), OptimizerOptions.FromPreset("muon"), 1e-3, (ulong)i))];
        ulong[][] shards = [.. Enumerable.Range(1, 3).Select(i => Shard.Of($"{i}/3", _ => null)!.Take(plan).Select(r => r.Seed).ToArray())];
        Assert.Equal([[0, 3, 6], [1, 4], [2, 5]], shards);
        Assert.Throws<CommandException>(() => Shard.Of("8/8", _ => null)!.Take(plan));
    }

    [Theory]
    [InlineData("0", "0", "4", "1/4")]
    [InlineData("7", "5", "3", "3/3")]
    public void An_array_job_is_its_shard(string id, string first, string count, string shard)
    {
        var variables = new Dictionary<string, string> { ["SLURM_ARRAY_TASK_ID"] = id, ["SLURM_ARRAY_TASK_MIN"] = first, ["SLURM_ARRAY_TASK_COUNT"] = count };
        Assert.Equal(shard, Shard.Of(null, variables.GetValueOrDefault)!.ToString());
        Assert.Equal("1/2", Shard.Of("1/2", variables.GetValueOrDefault)!.ToString()); // what is given counts
        Assert.Null(Shard.Of(null, _ => null));
    }

    [Theory]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("3")]
    [InlineData("a/b")]
    [InlineData("1/2/3")]
    public void Anything_else_is_refused(string text) => Assert.Contains("expected I/N", Assert.Throws<CommandException>(() => Shard.Of(text, _ => null)).Message, StringComparison.Ordinal);
}
