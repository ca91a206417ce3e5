using System.CommandLine;

namespace MiniGrad.Experiments.Commands;

/// <summary>The options that experiments and <c>compare</c> take besides the common ones (docs/cli.md).</summary>
internal sealed class ExperimentOptions
{
    public Option<bool> Quick { get; } = new("--quick") { Description = "A smoke run: the smallest profile, few steps, two seeds" };

    public Option<int?> Seeds { get; } = CommonOptions.Number("--seeds", "Number of seeds, from 0");

    public Option<string?> LearningRates { get; } = new("--learning-rates") { Description = "A grid A,B,… that every variant is run on (protocol tuned)" };

    public Option<string[]> Grid { get; } = new("--grid") { Description = "KEY=A,B,C: values that every variant is run on, such as optimizer.momentum=0.9,0.95 or learningRate=1e-3,3e-3; several make a product, and each variant counts at its own best", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };

    public Option<string[]> Arm { get; } = new("--arm") { Description = "KEY=VALUE[,KEY=VALUE…]: an arm of the comparison instead of the experiment's own, such as schedule=linear; may be repeated", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };

    public Option<int?> Jobs { get; } = CommonOptions.Number("--jobs", "Runs at once (default: one a processor, one on a GPU)", OptionUse.Machine);

    public Option<string?> Shard { get; } = new CommandOption<string?>("--shard") { Use = OptionUse.Machine, Fraction = true, Description = "I/N: the I-th of N equal parts of the plan" };

    public Option<bool> Strict { get; } = new CommandOption<bool>("--strict") { Use = OptionUse.User, Description = "Exit 1 when the claim is refuted" };

    public IEnumerable<Option> All => [Quick, Seeds, LearningRates, Grid, Arm, Jobs, Shard, Strict];
}
