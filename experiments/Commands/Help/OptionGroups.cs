using System.CommandLine;

namespace MiniGrad.Experiments.Commands;

/// <summary>Options in the order in which one looks for them.</summary>
internal static class OptionGroups
{
    public const string Rate = "Learning rate and optimizer", WhileItTrains = "While it trains", WhereItRuns = "Where it runs", WhatIsKept = "What is kept";

    private const string Rest = "Options";

    private static readonly (string Name, string[] Options)[] Groups =
    [
        ("What runs", ["--profile", "--quick", "--optimizer", "--set", "--steps", "--batch", "--micro-batch", "--seed", "--seeds", "--arm", "--from", "--config"]),
        (Rate, ["--learning-rate", "--learning-rates", "--grid", "--warmup", "--schedule", "--decay", "--final-rate", "--weight-decay", "--find-learning-rate"]),
        ("Text", ["--corpus", "--tokenizer"]),
        (WhileItTrains, ["--log-every", "--sample-every", "--sample-prompt", "--early-stopping", "--diagnostics", "--no-progress"]),
        (WhereItRuns, ["--device", "--precision", "--jobs", "--shard"]),
        (WhatIsKept, ["--out", "--resume", "--checkpoint-every", "--keep"]),
        ("What is said", ["--dry-run", "--strict", "--json", "--debug", "--help", "--version"]),
    ];

    /// <summary>The groups that have options, each with its own: those that it names, then those that name it.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<Option> Options)> Of(IReadOnlyCollection<Option> options)
    {
        foreach ((string name, string[] names) in Groups)
        {
            Option[] own = [.. names.Select(n => options.FirstOrDefault(o => o.Name == n)).OfType<Option>(), .. options.Where(o => GroupOf(o) == name)];
            // A command's own few options come before what all commands have.
            if (name == Groups[^1].Name && options.Where(o => GroupOf(o) is null && !Groups.Any(g => g.Options.Contains(o.Name))).ToArray() is { Length: > 0 } others) yield return (Rest, others);
            if (own.Length > 0) yield return (name, own);
        }
    }

    private static string? GroupOf(Option option) => (option as ICommandOption)?.Group;
}
