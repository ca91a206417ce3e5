using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Cost;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Toys;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>explain NAME</c>: what an experiment tests, or what a preset computes and how it differs from its neighbours.</summary>
internal static class ExplainCommand
{
    public static Command Create(Option<bool> json)
    {
        var name = new Argument<string>("name") { Description = "An experiment, a preset or a profile, or the beginning of its name" };
        var command = new Command("explain", "What an experiment tests, what a preset computes, or how large a profile is") { name };
        command.SetAction(int (ParseResult parsed) => Explain(parsed.GetValue(name)!, parsed.GetValue(json)));
        return command;
    }

    private static int Explain(string asked, bool json)
    {
        string name = Full(asked);
        if (Profiles.All.FirstOrDefault(p => p.Name == name) is { } profile)
        {
            if (json) Console.Out.WriteLine(Document(profile).ToJsonString(Json.Documents));
            else Print(profile);
            return ExitCode.Done;
        }
        if (ExperimentCatalog.Find(name) is { } experiment)
        {
            if (json) Console.Out.WriteLine(Document(experiment).ToJsonString(Json.Documents));
            else Print(experiment);
            return ExitCode.Done;
        }
        if (name == CostSweeps.Name)
        {
            if (json) Console.Out.WriteLine(CostDocument().ToJsonString(Json.Documents));
            else PrintCost();
            return ExitCode.Done;
        }
        if (ToyCatalog.Find(name) is { } toy)
        {
            if (json) Console.Out.WriteLine(Document(toy).ToJsonString(Json.Documents));
            else Print(toy);
            return ExitCode.Done;
        }
        if (json) Console.Out.WriteLine(Document(Presets.Get(name)).ToJsonString(Json.Documents));
        else Print(Presets.Get(name));
        return ExitCode.Done;
    }

    // A name, or the beginning of one name only.
    private static string Full(string asked)
    {
        string[] all = [.. ExperimentCatalog.All.Select(e => e.Name), CostSweeps.Name, .. ToyCatalog.All.Select(t => t.Name), .. Presets.Names, .. Profiles.All.Select(p => p.Name)];
        if (all.Contains(asked)) return asked;
        string[] begun = asked.Length == 0 ? [] : [.. all.Where(name => name.StartsWith(asked, StringComparison.OrdinalIgnoreCase))];
        if (begun.Length == 1) return begun[0];
        throw begun.Length > 1 ? CommandException.Usage($"explain {asked}: which of {string.Join(", ", begun)}?") : CommandException.Unknown("experiment, preset or profile", asked, all);
    }

    private static void Print(Profile p)
    {
        Line($"{p.Name}: a size that experiments run at (--profile {p.Name})");
        Line($"model     {p.Model.NLayer} layers of width {p.Model.NEmbd}, {p.Model.NHead} heads, context {p.Model.BlockSize}");
        Line($"training  {p.Steps:N0} steps of {p.TokensPerStep:N0} tokens ({p.Batch} sequences{(p.MicroBatch > 0 ? $", {p.MicroBatch} at once" : "")}), {(long)p.Steps * p.TokensPerStep:N0} in all");
        Line($"rate      {p.LearningRate} ({p.LearningRateSource}), after {p.WarmupSteps:N0} steps of warm-up constant");
        Line($"Any of it can be changed: --set model.nLayer=N, --steps N, --batch N, --learning-rate X, --warmup N|P%.");
    }

    private static JsonObject Document(Profile p) => new()
    {
        ["name"] = p.Name,
        ["model"] = JsonSerializer.SerializeToNode(p.Model, Json.Documents),
        ["batch"] = p.Batch,
        ["microBatch"] = p.MicroBatch,
        ["tokensPerStep"] = p.TokensPerStep,
        ["steps"] = p.Steps,
        ["warmupSteps"] = p.WarmupSteps,
        ["learningRate"] = p.LearningRate,
        ["learningRateSource"] = p.LearningRateSource,
    };

    private static void Print(Experiment experiment)
    {
        int rates = Math.Max(1, experiment.LearningRates.Count);
        Line($"{experiment.Name}: {experiment.Question}");
        Line($"paper     {experiment.Paper}");
        Line($"claim     {experiment.ClaimInWords ?? "none"}");
        Line($"variants  {string.Join(", ", experiment.Variants.Select(v => v.Changes.Length == 0 || v.Precision is not null ? v.Name : $"{v.Name} ({v.Preset}, {string.Join(", ", v.Changes)})"))}");
        if (experiment.Settings.Count > 0) Line($"settings  {string.Join(", ", experiment.Settings)}");
        foreach (Arm arm in experiment.Arms.Where(a => a.Name.Length > 0)) Line($"arm       {arm.Name} ({string.Join(", ", arm.Changes)})");
        if (rates > 1) Line($"rates     {string.Join(", ", experiment.LearningRates)}");
        foreach (IProbe probe in experiment.Probes) Line($"measures  {probe.Name}");
        Line($"cost      {experiment.Variants.Count} variants × {rates} learning rates × {experiment.Arms.Count} arms × {experiment.Seeds} seeds = {Tokens(experiment):N0} tokens; --dry-run estimates the time on this machine");
        Line($"{experiment.Explanation}");
        if (experiment.OthersFound is { } others) Line($"{others}");
    }

    private static long Tokens(Experiment experiment) => experiment.Arms.Sum(arm =>
    {
        ArmSettings settings = ArmSettings.Of(experiment, arm);
        Profile profile = Profiles.Get(settings.Profile);
        long run = (long)(settings.Steps ?? profile.Steps) * (settings.Batch ?? profile.Batch) * profile.Model.BlockSize;
        return run * experiment.Variants.Count * Math.Max(1, experiment.LearningRates.Count) * experiment.Seeds;
    });

    private static void PrintCost()
    {
        Line($"{CostSweeps.Name}: {CostSweeps.Question}");
        Line($"paper     {CostSweeps.Paper}");
        foreach (CostSweep sweep in CostSweeps.All) Line($"sweep     {sweep.Name}: {string.Join(", ", sweep.Sizes)} ({sweep.Unit})");
        Line($"{CostSweeps.Explanation}");
    }

    private static void Print(Toy toy)
    {
        Line($"{toy.Name}: {toy.Question}");
        Line($"paper     {toy.Paper}");
        foreach (string claim in toy.Claims) Line($"claim     {claim}");
        foreach (string condition in toy.Conditions) Line($"varies    {condition}");
        Line($"{toy.Explanation}");
    }

    private static void Print(Preset preset)
    {
        Line($"{preset.Name}: {preset.Description}");
        Line($"source      {preset.Source}");
        Line($"pipeline    {preset.Pipeline}");
        foreach (string equation in preset.Equations) Line($"            {equation}");
        Line($"state       {preset.State}");
        foreach ((string other, string[] changes) in PresetDifferences.Nearest(preset)) Line($"beside      {other}: {string.Join(", ", changes)}");
        Line($"options     {preset.Options.ToJson().ToJsonString(Json.Lines)}");
    }

    private static JsonObject Document(Experiment e) => new()
    {
        ["name"] = e.Name,
        ["question"] = e.Question,
        ["paper"] = e.Paper,
        ["claim"] = e.ClaimInWords,
        ["explanation"] = e.Explanation,
        ["othersFound"] = e.OthersFound,
        ["profile"] = e.Profile,
        ["seeds"] = e.Seeds,
        ["tokens"] = Tokens(e),
        ["settings"] = new JsonArray([.. e.Settings.Select(s => JsonValue.Create(s))]),
        ["learningRates"] = new JsonArray([.. e.LearningRates.Select(r => JsonValue.Create(r))]),
        ["arms"] = new JsonArray([.. e.Arms.Where(a => a.Name.Length > 0).Select(a => new JsonObject { ["name"] = a.Name, ["changes"] = new JsonArray([.. a.Changes.Select(c => JsonValue.Create(c))]) })]),
        ["probes"] = new JsonArray([.. e.Probes.Select(p => JsonValue.Create(p.Name))]),
        ["variants"] = new JsonArray([.. e.Variants.Select(v => new JsonObject { ["name"] = v.Name, ["preset"] = v.Preset, ["changes"] = new JsonArray([.. v.Changes.Select(c => JsonValue.Create(c))]) })]),
    };

    private static JsonObject CostDocument() => new()
    {
        ["name"] = CostSweeps.Name,
        ["question"] = CostSweeps.Question,
        ["paper"] = CostSweeps.Paper,
        ["explanation"] = CostSweeps.Explanation,
        ["sweeps"] = new JsonArray([.. CostSweeps.All.Select(s => new JsonObject { ["name"] = s.Name, ["unit"] = s.Unit, ["sizes"] = new JsonArray([.. s.Sizes.Select(size => JsonValue.Create(size))]) })]),
    };

    private static JsonObject Document(Toy t) => new()
    {
        ["name"] = t.Name,
        ["question"] = t.Question,
        ["paper"] = t.Paper,
        ["claims"] = new JsonArray([.. t.Claims.Select(c => JsonValue.Create(c))]),
        ["explanation"] = t.Explanation,
        ["conditions"] = new JsonArray([.. t.Conditions.Select(c => JsonValue.Create(c))]),
    };

    private static JsonObject Document(Preset p) => new()
    {
        ["name"] = p.Name,
        ["description"] = p.Description,
        ["source"] = p.Source,
        ["stages"] = new JsonArray([.. p.Equations.Select(e => JsonValue.Create(e))]),
        ["state"] = p.State,
        ["options"] = p.Options.ToJson(),
        ["neighbours"] = new JsonArray([.. PresetDifferences.Nearest(p).Select(n => new JsonObject { ["name"] = n.Name, ["differences"] = new JsonArray([.. n.Changes.Select(c => JsonValue.Create(c))]) })]),
    };

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
