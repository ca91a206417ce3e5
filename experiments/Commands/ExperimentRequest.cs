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
    private const int QuickArms = 2;

    public required Experiment Experiment { get; init; }

    /// <summary>At least one; no two are equal.</summary>
    public required IReadOnlyList<RequestedArm> Arms { get; init; }

    public required IReadOnlyList<ulong> Seeds { get; init; }

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
        ["arms"] = Arms.Count == 1 ? null : new JsonArray([.. Arms.Select(a => JsonValue.Create(a.Arm.Name))]),
        ["settings"] = Settings(Arms[0]),
        ["otherSettings"] = new JsonObject([.. Arms.Skip(1).Select(a => new KeyValuePair<string, JsonNode?>(a.Arm.Name, Settings(a)))]),
        ["learningRates"] = JsonSerializer.SerializeToNode(Arms.Select(a => a.LearningRates), Experiments.Json.Documents),
        ["seeds"] = JsonSerializer.SerializeToNode(Seeds, Experiments.Json.Documents),
        ["jobs"] = Jobs,
        ["shard"] = Shard?.ToString(),
    };

    private static JsonNode? Settings(RequestedArm arm) => JsonSerializer.SerializeToNode(arm.Settings, Experiments.Json.Documents);

    public static ExperimentRequest From(Experiment experiment, ParseResult parsed, CommonOptions common, ExperimentOptions options, Option<bool> json)
    {
        bool quick = parsed.GetValue(options.Quick);
        int seeds = Limits.Seeds(parsed.GetValue(options.Seeds) ?? (quick ? QuickSeeds : experiment.Seeds));
        RequestedArm[] arms = ArmsOf(experiment, parsed, common, options, quick);
        return new ExperimentRequest
        {
            Experiment = experiment,
            Arms = arms,
            Seeds = [.. Enumerable.Range(0, seeds).Select(s => (ulong)s)],
            JobsAsked = parsed.GetValue(options.Jobs),
            Jobs = AtLeastOne(parsed.GetValue(options.Jobs) ?? Math.Max(1, Environment.ProcessorCount / arms[0].Settings.Threads), "--jobs"),
            Out = SettingsBuilder.NotEmpty(parsed.GetValue(common.Out), "--out"),
            Shard = Shard.Of(parsed.GetValue(options.Shard), Environment.GetEnvironmentVariable),
            DryRun = parsed.GetValue(common.DryRun),
            Live = !parsed.GetValue(common.NoProgress),
            Strict = parsed.GetValue(options.Strict),
            Json = parsed.GetValue(json),
        };
    }

    // Arms that differ only in what the command line overrules become one.
    private static RequestedArm[] ArmsOf(Experiment experiment, ParseResult parsed, CommonOptions common, ExperimentOptions options, bool quick)
    {
        string[] asked = parsed.GetValue(options.Arm)!;
        IEnumerable<Arm> arms = asked.Length > 0 ? asked.Select(Arm.Parse) : quick ? experiment.Arms.Take(QuickArms) : experiment.Arms;
        RequestedArm[] resolved = [.. arms.Select(arm =>
        {
            string? grid = parsed.GetValue(options.LearningRates);
            ArmSettings own = ArmSettings.Of(experiment, arm);
            RunSettings settings = SettingsBuilder.Build(parsed, common, grid is null ? own : own with { LearningRate = null }, quick, threads: 1);
            return new RequestedArm(arm.As(key => Effective(key, settings, grid)), settings, Rates(grid, experiment.LearningRates, settings.LearningRate, quick));
        })];
        RequestedArm[] distinct = [.. resolved.DistinctBy(a => JsonSerializer.Serialize(a with { Arm = Arm.Only }, Experiments.Json.Lines))];
        return distinct.GroupBy(a => a.Arm.Name).FirstOrDefault(g => g.Count() > 1) is { } same ? throw CommandException.Usage($"two arms are named '{same.Key}'") : distinct;
    }

    private static string? Effective(string key, RunSettings settings, string? grid) => key switch
    {
        "profile" => settings.Profile,
        "steps" => Text(settings.Steps),
        "batch" => Text(settings.Batch),
        "schedule" => settings.Schedule.ToString().ToLowerInvariant(),
        "learningRate" => grid,
        _ => null,
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int AtLeastOne(int value, string option) => value >= 1 ? value : throw CommandException.Usage($"{option} {value}: must be at least 1");

    // A smoke run takes two rates of an experiment's own grid.
    private static double[] Rates(string? grid, IReadOnlyList<double> own, double shared, bool quick)
    {
        if (grid is null) return own.Count == 0 ? [shared] : quick ? [own[own.Count / 2 - 1], own[own.Count / 2]] : [.. own];
        double[] rates = [.. grid.Split(',').Select(text => Rate(text, grid))];
        return rates.Distinct().Count() == rates.Length ? rates : throw CommandException.Usage($"--learning-rates {grid}: a rate stands twice");
    }

    private static double Rate(string text, string grid) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate > 0 && double.IsFinite(rate)
        ? rate
        : throw CommandException.Usage($"--learning-rates {grid}: '{text}' is not a positive number; expected A,B,… such as 1e-3,3e-3");
}
