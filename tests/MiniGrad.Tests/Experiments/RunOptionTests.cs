using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Experiments;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Tests.Experiments;

/// <summary>Options that a property of a record of settings declares.</summary>
public sealed class RunOptionTests
{
    private static RunSettings Settings(params string[] arguments)
    {
        (CommonOptions common, ExperimentOptions options, Option<bool> json) = (new(), new(), new("--json"));
        var command = new RootCommand { json };
        foreach (Option option in common.All.Concat(options.All)) command.Add(option);
        return ExperimentRequest.From(AblateSecondMoment.Experiment, command.Parse(arguments), common, options, json).Arms[0].Settings;
    }

    private static (OfEveryKind Settings, IReadOnlyList<string> Errors) Kinds(params string[] arguments)
    {
        var options = new RunOptions<OfEveryKind>();
        var command = new RootCommand();
        foreach (Option option in options.All) command.Add(option);
        ParseResult parsed = command.Parse(arguments);
        return (parsed.Errors.Count > 0 ? new() : options.Apply(parsed, new()), [.. parsed.Errors.Select(e => e.Message)]);
    }

    [Fact]
    public void What_is_given_counts_and_else_what_held_before()
    {
        RunSettings usual = Settings(), given = Settings("--clip", "0.25");
        Assert.Equal((1.0, 0.25), (usual.MaxGradientNorm, given.MaxGradientNorm));
        Assert.Equal(usual with { MaxGradientNorm = 0.25, LearningRateSource = given.LearningRateSource, Checkpoints = given.Checkpoints, OptimizerChanges = given.OptimizerChanges }, given);
    }

    [Fact]
    public void Every_kind_of_value_is_read_by_the_type_of_its_property()
    {
        OfEveryKind given = Kinds("--flag", "--count", "3", "--number", "2.5e-1", "--text", "a word", "--kind", "two-words").Settings;
        Assert.Equal(new() { Flag = true, Count = 3, Number = 0.25, Text = "a word", Kind = Kind.TwoWords }, given);
        Assert.Equal(new OfEveryKind(), Kinds().Settings);
        Assert.False(Kinds("--flag", "false").Settings.Flag);
    }

    [Fact]
    public void It_is_part_of_what_a_run_is_unless_it_decides_no_number()
    {
        var identity = new JsonObject { ["warmupSteps"] = 7 };
        RunOptions<OfEveryKind>.AddTo(identity, new() { Number = 0.25, Text = "a word" });
        Assert.Equal("""{"warmupSteps":7,"count":1,"number":0.25,"text":"a word","kind":"One"}""", identity.ToJsonString());
    }

    [Fact]
    public void One_that_leaves_the_best_rate_as_it_is_does_not_change_what_is_said_of_it()
    {
        string usual = Settings().LearningRateSource;
        Assert.Equal(usual, Settings("--eval-every", "7").LearningRateSource);
        Assert.NotEqual(usual, Settings("--clip", "0.25").LearningRateSource);
    }

    [Theory]
    [InlineData("--clip", "-1", "--clip -1: must be at least 0")]
    [InlineData("--threads", "0", "--threads 0: must be at least 1")]
    [InlineData("--threads", "1025", "--threads 1025: must be at most 1024")]
    [InlineData("--on-nonfinite", "skp", "unknown --on-nonfinite 'skp'; did you mean 'skip'?")]
    public void What_is_no_such_value_is_refused_in_one_line(string option, string value, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<CommandException>(() => Settings(option, value)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--number", "big", "--number big: expected a number such as 3e-3")]
    [InlineData("--number", "NaN", "--number NaN: expected a number such as 3e-3")]
    [InlineData("--count", "2.5", "--count 2.5: expected a whole number")]
    public void What_is_no_number_is_refused_in_one_line(string option, string value, string expected) =>
        Assert.Equal([expected], Kinds(option, value).Errors);

    [Fact]
    public void A_text_is_not_empty() => Assert.Equal("--text is empty; give a text", Assert.Throws<CommandException>(() => Kinds("--text", "")).Message);

    [Fact]
    public void What_is_the_users_or_the_machines_is_said_by_the_option()
    {
        Dictionary<string, Option> options = new RunOptions<OfEveryKind>().All.ToDictionary(o => o.Name);
        Assert.Equal((OptionUse.User, OptionUse.Run), (CommandOption.UseOf(options["--flag"]), CommandOption.UseOf(options["--text"])));
    }

    internal enum Kind
    {
        One,
        TwoWords,
    }

    internal sealed record OfEveryKind
    {
        [RunOption("--flag", "A flag", InIdentity = false, Use = OptionUse.User)]
        public bool Flag { get; init; }

        [RunOption("--count", "A count", Least = 1)]
        public int Count { get; init; } = 1;

        [RunOption("--number", "A number")]
        public double? Number { get; init; }

        [RunOption("--text", "A text")]
        public string? Text { get; init; }

        [RunOption("--kind", "A kind")]
        public Kind Kind { get; init; }
    }
}
