using System.CommandLine;

namespace MiniGrad.Experiments.Commands;

/// <summary>Options in the order in which one looks for them.</summary>
internal static class OptionGroups
{
    private const string Rest = "Options";

    private static readonly (string Name, string[] Options)[] Groups =
    [
        ("What runs", ["--profile", "--quick", "--optimizer", "--set", "--steps", "--batch", "--micro-batch", "--seed", "--seeds", "--arm", "--from", "--config"]),
        ("Learning rate and optimizer", ["--learning-rate", "--learning-rates", "--grid", "--warmup", "--schedule", "--decay", "--final-rate", "--weight-decay", "--clip", "--find-learning-rate"]),
        ("Text", ["--corpus", "--tokenizer"]),
        ("While it trains", ["--log-every", "--eval-every", "--sample-every", "--sample-prompt", "--diagnostics", "--on-nonfinite", "--no-progress"]),
        ("Where it runs", ["--device", "--precision", "--threads", "--jobs", "--shard"]),
        ("What is kept", ["--out", "--resume", "--checkpoint-every", "--keep", "--tensorboard"]),
        ("What is said", ["--dry-run", "--strict", "--json", "--debug", "--help", "--version"]),
    ];

    /// <summary>The groups that have options, each with its own.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<Option> Options)> Of(IReadOnlyCollection<Option> options)
    {
        foreach ((string name, string[] names) in Groups)
        {
            Option[] own = [.. names.Select(n => options.FirstOrDefault(o => o.Name == n)).OfType<Option>()];
            // A command's own few options come before what all commands have.
            if (name == Groups[^1].Name && options.Where(o => !Groups.Any(g => g.Options.Contains(o.Name))).ToArray() is { Length: > 0 } others) yield return (Rest, others);
            if (own.Length > 0) yield return (name, own);
        }
    }
}
