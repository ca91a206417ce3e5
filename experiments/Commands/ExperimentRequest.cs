using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary>An experiment together with everything that the command line says about it.</summary>
internal sealed record ExperimentRequest
{
    private const int QuickSeeds = 2;

    public required Experiment Experiment { get; init; }

    public required RunSettings Settings { get; init; }

    public required IReadOnlyList<ulong> Seeds { get; init; }

    public required IReadOnlyList<double> LearningRates { get; init; }

    /// <summary>Runs at once; where nobody chose, the device decides (<see cref="Running.Placement"/>).</summary>
    public required int Jobs { get; init; }

    /// <summary>What was asked for, or null.</summary>
    public int? JobsAsked { get; init; }

    public string? Out { get; init; }

    /// <summary>The part of the plan that runs here, or null for all of it.</summary>
    public Shard? Shard { get; init; }

    /// <summary>The folder of an interrupted run that is to go on, or null.</summary>
    public string? Resume { get; init; }

    /// <summary>The options that were given, by which the run can be resumed.</summary>
    public IReadOnlyList<string[]> Given { get; init; } = [];

    public bool DryRun { get; init; }

    public bool Live { get; init; }

    public bool Strict { get; init; }

    public bool Json { get; init; }

    /// <summary>What must be equal in a resumed run.</summary>
    public JsonObject Resolved() => new()
    {
        ["variants"] = JsonSerializer.SerializeToNode(Experiment.Variants, Experiments.Json.Documents),
        ["settings"] = JsonSerializer.SerializeToNode(Settings, Experiments.Json.Documents),
        ["seeds"] = JsonSerializer.SerializeToNode(Seeds, Experiments.Json.Documents),
        ["learningRates"] = JsonSerializer.SerializeToNode(LearningRates, Experiments.Json.Documents),
        ["jobs"] = Jobs,
        ["shard"] = Shard?.ToString(),
    };

    public static ExperimentRequest From(Experiment experiment, ParseResult parsed, CommonOptions common, ExperimentOptions options, Option<bool> json)
    {
        bool quick = parsed.GetValue(options.Quick);
        RunSettings settings = SettingsBuilder.Build(parsed, common, experiment.Profile, quick, threads: 1);
        int seeds = AtLeastOne(parsed.GetValue(options.Seeds) ?? (quick ? QuickSeeds : experiment.Seeds), "--seeds");
        return new ExperimentRequest
        {
            Experiment = experiment,
            Settings = settings,
            Seeds = [.. Enumerable.Range(0, seeds).Select(s => (ulong)s)],
            LearningRates = Rates(parsed.GetValue(options.LearningRates), settings.LearningRate),
            JobsAsked = parsed.GetValue(options.Jobs),
            Jobs = AtLeastOne(parsed.GetValue(options.Jobs) ?? Math.Max(1, Environment.ProcessorCount / settings.Threads), "--jobs"),
            Out = SettingsBuilder.NotEmpty(parsed.GetValue(common.Out), "--out"),
            Shard = Shard.Of(parsed.GetValue(options.Shard), Environment.GetEnvironmentVariable),
            DryRun = parsed.GetValue(common.DryRun),
            Live = !parsed.GetValue(common.NoProgress),
            Strict = parsed.GetValue(options.Strict),
            Json = parsed.GetValue(json),
        };
    }

    private static int AtLeastOne(int value, string option) => value >= 1 ? value : throw CommandException.Usage($"{option} {value}: must be at least 1");

    private static double[] Rates(string? grid, double shared)
    {
        if (grid is null) return [shared];
        double[] rates = [.. grid.Split(',').Select(text => Rate(text, grid))];
        return rates.Distinct().Count() == rates.Length ? rates : throw CommandException.Usage($"--learning-rates {grid}: a rate stands twice");
    }

    private static double Rate(string text, string grid) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate > 0 && double.IsFinite(rate)
        ? rate
        : throw CommandException.Usage($"--learning-rates {grid}: '{text}' is not a positive number; expected A,B,… such as 1e-3,3e-3");
}
