using System.CommandLine;
using System.Globalization;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Data;

namespace MiniGrad.Experiments.Commands;

/// <summary>The options that every training command takes (docs/cli.md).</summary>
internal sealed class CommonOptions
{
    public Option<string> Profile { get; } = new("--profile") { Description = "Size: tiny, small, medium or gpt2-small", DefaultValueFactory = _ => "" };

    public Option<int?> Steps { get; } = Number("--steps", "Optimizer steps");

    public Option<int?> Batch { get; } = Number("--batch", "Sequences a step");

    public Option<int?> MicroBatch { get; } = Number("--micro-batch", "Sequences a forward and backward pass; divides the batch");

    public Option<double?> LearningRate { get; } = Real("--learning-rate", "The learning rate (default: the profile's)");

    public Option<string?> Warmup { get; } = new("--warmup") { Description = "Steps, or a share of them such as 5%, in which the rate rises (default: 5%)" };

    public Option<string> Schedule { get; } = new("--schedule") { Description = "The rate after the warm-up: constant, linear, cosine, wsd (stays, then falls in a line) or sqrt (stays, then falls as 1 − √x)", DefaultValueFactory = _ => "constant" };

    public Option<string?> Decay { get; } = new("--decay") { Description = "The last steps, or a share of them such as 20%, in which the rate falls (default: 20% for wsd and sqrt, else all after the warm-up)" };

    public Option<double?> FinalRate { get; } = Real("--final-rate", "Where the decay ends, as a share of the rate from 0 to 1 (default: 0)");

    public Option<double?> WeightDecay { get; } = Real("--weight-decay", "Weight decay of all optimizers (default: 0.1)");

    public Option<int?> LogEvery { get; } = Number("--log-every", "Steps between logged steps (default: 1 on the CPU, 10 on a GPU)");

    public Option<string?> Corpus { get; } = new("--corpus") { Description = "A text file, JSON Lines, token files *.bin, a folder or a pattern such as 'src/**/*.cs' (default: the .NET API documentation)" };

    public Option<string> Tokenizer { get; } = new("--tokenizer") { Description = "byte, char, bpe:SIZE, gpt2:FOLDER, hf:FILE (tokenizer.json) or ids:N (default: byte, or what lies beside token files or --from)", DefaultValueFactory = _ => TokenizerChoice.Automatic };

    public Option<string?> From { get; } = new("--from") { Description = "Starts from a checkpoint's or a Hugging Face folder's model" };

    public Option<string> Device { get; } = new CommandOption<string>("--device") { Use = OptionUse.Machine, Description = "auto, cpu or gpu[:N]", DefaultValueFactory = _ => "auto" };

    public Option<string> Precision { get; } = new("--precision") { Description = "What products of linear layers round their operands to: float32, tf32 or bfloat16, where the device has it", DefaultValueFactory = _ => "" };

    public Option<string?> Out { get; } = new CommandOption<string?>("--out") { Use = OptionUse.User, Description = "The run folder; must be new or empty (default: runs/NAME-TIME)" };

    public Option<string?> Resume { get; } = new CommandOption<string?>("--resume") { Use = OptionUse.User, Description = "Goes on with an interrupted run folder; other options must be absent or equal" };

    public Option<string> CheckpointEvery { get; } = new CommandOption<string>("--checkpoint-every") { Use = OptionUse.Machine, Description = "Steps between checkpoints, or a time such as 10m; 0 for none (default: 10m)", DefaultValueFactory = _ => "" };

    public Option<int?> Keep { get; } = Number("--keep", "Checkpoints of a run that stay besides the best (default: 2)", OptionUse.Machine);

    public Option<string[]> Set { get; } = new("--set") { Description = "Changes a key, such as optimizer.momentum=0.9 or model.nLayer=6; may be repeated", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };

    /// <summary>Taken from the command line before it is parsed (<see cref="Configuration.ConfigurationFile"/>); here for its help.</summary>
    public Option<string?> Config { get; } = new("--config") { Description = "A JSON file with these options; what stands here counts instead ('schema' prints its keys)" };

    public Option<bool> DryRun { get; } = new CommandOption<bool>("--dry-run") { Use = OptionUse.User, Description = "Print what would run, and write nothing" };

    public Option<bool> NoProgress { get; } = new CommandOption<bool>("--no-progress") { Use = OptionUse.User, Description = "Plain lines instead of a live display" };

    /// <summary>What the settings declare themselves.</summary>
    public RunOptions<RunSettings> Settings { get; } = new();

    public IEnumerable<Option> All => [Profile, Steps, Batch, MicroBatch, LearningRate, Warmup, Schedule, Decay, FinalRate, .. Settings.All, WeightDecay, LogEvery, Corpus, Tokenizer, From, Device, Precision, Out, Resume, CheckpointEvery, Keep, Set, Config, DryRun, NoProgress];

    /// <summary>An option that takes a whole number.</summary>
    public static Option<int?> Number(string name, string description, OptionUse use = OptionUse.Run, string? group = null) => new CommandOption<int?>(name)
    {
        Use = use,
        Group = group,
        Description = description,
        CustomParser = result => int.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : Fail(result, $"{name} {result.Tokens[0].Value}: expected a whole number"),
    };

    /// <summary>An option that takes a number.</summary>
    public static Option<double?> Real(string name, string description, OptionUse use = OptionUse.Run, string? group = null) => new CommandOption<double?>(name)
    {
        Use = use,
        Group = group,
        Description = description,
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)) return value;
            result.AddError($"{name} {result.Tokens[0].Value}: expected a number such as 3e-3");
            return null;
        },
    };

    private static int? Fail(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return null;
    }
}
