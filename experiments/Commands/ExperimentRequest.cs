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
        ["grid"] = Arms.All(a => a.Points.Count == 1) ? null : JsonSerializer.SerializeToNode(Arms.Select(a => a.Points.Select(p => string.Join(", ", p.Optimizer.Prepend(p.Conditions)))), Experiments.Json.Documents),
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
            Shard = Shard.Of(parsed.GetValue(options.Shard)),
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
        Grid grid = Grid.Of(parsed.GetValue(options.Grid)!);
        IReadOnlyList<double>? given = GivenRates(parsed, common, options, grid);
        IEnumerable<Arm> arms = asked.Length > 0 ? asked.Select(Arm.Parse) : quick ? experiment.Arms.Take(QuickArms) : experiment.Arms;
        RequestedArm[] resolved = [.. arms.Select(arm =>
        {
            ArmSettings own = ArmSettings.Of(experiment, arm);
            if (given is not null) own = own with { LearningRate = null };
            IReadOnlyList<GridPoint> points = [.. grid.Points.Select(point => Point(parsed, common, own, point, quick))];
            if (points.DistinctBy(p => JsonSerializer.Serialize(p, Experiments.Json.Lines)).Count() < points.Count || points.GroupBy(p => p.Conditions).Select(g => JsonSerializer.Serialize(g.First().Settings, Experiments.Json.Lines)).Distinct().Count() < points.Select(p => p.Conditions).Distinct().Count())
                throw CommandException.Usage($"--grid {string.Join(" --grid ", parsed.GetValue(options.Grid)!)}: two points come to the same run; another option overrules a key of the grid, leave it out");
            RunSettings settings = points[0].Settings;
            return new RequestedArm(arm.As(key => Effective(key, settings, given is null ? null : string.Join(',', given.Select(Text)))), settings, Rates(given, experiment.LearningRates, settings.LearningRate, quick)) { Points = points };
        })];
        RequestedArm[] distinct = [.. resolved.DistinctBy(a => JsonSerializer.Serialize(a with { Arm = Arm.Only with { Trunk = a.Arm.Trunk } }, Experiments.Json.Lines))];
        return distinct.GroupBy(a => a.Arm.Name).FirstOrDefault(g => g.Count() > 1) is { } same ? throw CommandException.Usage($"two arms are named '{same.Key}'") : distinct;
    }

    // Settings that overrule the optimizer's, such as the weight decay, are those of every variant and come before it.
    private static GridPoint Point(ParseResult parsed, CommonOptions common, ArmSettings own, IReadOnlyList<string> changes, bool quick)
    {
        const string Optimizer = "optimizer.";
        string[] conditions = [.. changes.Where(change => !change.StartsWith(Optimizer, StringComparison.Ordinal))];
        string[] optimizer = [.. changes.Where(change => change.StartsWith(Optimizer, StringComparison.Ordinal)).Select(change => change[Optimizer.Length..])];
        RunSettings settings = SettingsBuilder.Build(parsed, common, conditions.Aggregate(own, (arm, change) => arm.With(change)), quick, threads: 1);
        foreach (string change in optimizer)
        {
            string key = change[..(change.IndexOf('=', StringComparison.Ordinal) + 1)];
            if (settings.OptimizerChanges.Any(c => c.StartsWith(key, StringComparison.Ordinal))) throw CommandException.Usage($"--set {Optimizer}{key[..^1]} would overwrite every value of --grid {Optimizer}{key[..^1]}; give one of the two");
        }
        return new GridPoint(string.Join(", ", conditions), settings, optimizer);
    }

    // The rates that were asked for in one of three ways, or null.
    private static IReadOnlyList<double>? GivenRates(ParseResult parsed, CommonOptions common, ExperimentOptions options, Grid grid)
    {
        string? list = parsed.GetValue(options.LearningRates);
        double? one = parsed.GetValue(common.LearningRate);
        if ((list is null ? 0 : 1) + (one is null ? 0 : 1) + (grid.Rates is null ? 0 : 1) > 1) throw CommandException.Usage("--learning-rate, --learning-rates and --grid learningRate=… say the same thing; give one of them");
        if (one is { } rate) return [rate];
        if (list is null) return grid.Rates;
        double[] rates = [.. list.Split(',').Select(text => Rate(text, list))];
        return rates.Distinct().Count() == rates.Length ? rates : throw CommandException.Usage($"--learning-rates {list}: a rate stands twice");
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

    private static string Text(double number) => number.ToString("G", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int AtLeastOne(int value, string option) => value >= 1 ? value : throw CommandException.Usage($"{option} {value}: must be at least 1");

    // A smoke run takes two rates of an experiment's own grid.
    private static double[] Rates(IReadOnlyList<double>? given, IReadOnlyList<double> own, double shared, bool quick)
    {
        if (given is not null) return [.. given];
        return own.Count == 0 ? [shared] : quick ? [own[(own.Count / 2) - 1], own[own.Count / 2]] : [.. own];
    }

    private static double Rate(string text, string grid) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate > 0 && double.IsFinite(rate)
        ? rate
        : throw CommandException.Usage($"--learning-rates {grid}: '{text}' is not a positive number; expected A,B,… such as 1e-3,3e-3");
}
