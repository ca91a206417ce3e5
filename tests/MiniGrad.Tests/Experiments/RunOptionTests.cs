using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Experiments;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Tests.Experiments;

/// <summary>Options that a property of <see cref="RunSettings"/> declares.</summary>
public sealed class RunOptionTests
{
    private static RunSettings Settings(params string[] arguments)
    {
        (CommonOptions common, ExperimentOptions options, Option<bool> json) = (new(), new(), new("--json"));
        var command = new RootCommand { json };
        foreach (Option option in common.All.Concat(options.All)) command.Add(option);
        return ExperimentRequest.From(AblateSign.Experiment, command.Parse(arguments), common, options, json).Arms[0].Settings;
    }

    [Fact]
    public void What_is_given_counts_and_else_what_held_before()
    {
        RunSettings usual = Settings(), given = Settings("--clip", "0.25");
        Assert.Equal((1.0, 0.25), (usual.MaxGradientNorm, given.MaxGradientNorm));
        Assert.Equal(usual with { MaxGradientNorm = 0.25, LearningRateSource = given.LearningRateSource, Checkpoints = given.Checkpoints, OptimizerChanges = given.OptimizerChanges }, given);
    }

    [Fact]
    public void It_is_part_of_what_a_run_is()
    {
        var identity = new JsonObject { ["warmupSteps"] = 7 };
        RunOptions.AddTo(identity, Settings("--clip", "0.25"));
        Assert.Equal("""{"warmupSteps":7,"maxGradientNorm":0.25}""", identity.ToJsonString());
    }

    [Theory]
    [InlineData("--clip", "big", "--clip big: expected a number")]
    [InlineData("--clip", "-1", "--clip -1: must be at least 0")]
    [InlineData("--clip", "NaN", "--clip NaN: expected a number")]
    public void What_is_no_such_number_is_refused_in_one_line(string option, string value, string expected) =>
        Assert.Equal(expected, Assert.Throws<CommandException>(() => Settings(option, value)).Message);
}
