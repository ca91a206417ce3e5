using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>--dry-run</c>: what would run, how large it is and how long it takes. Writes nothing.</summary>
internal static class DryRun
{
    public static int Print(ExperimentRequest request, Plan plan, string folder)
    {
        PlanEstimate estimate = PlanEstimate.Of(plan, request.Jobs);
        if (request.Json) Console.Out.WriteLine(Document(request, plan, estimate).ToJsonString(Json.Documents));
        else PrintText(request, plan, folder, estimate);
        return ExitCode.Done;
    }

    private static void PrintText(ExperimentRequest request, Plan plan, string folder, PlanEstimate estimate)
    {
        Line($"{request.Experiment.Name}: {request.Experiment.Question}");
        foreach (string line in PlanText.Of(request.Experiment, plan, request.Jobs, estimate)) Line($"{line}");
        Line($"memory      about {estimate.Bytes / 1048576.0:N0} MiB");
        foreach ((PlannedArm arm, Calibration measured) in Measured(plan, estimate))
        {
            string name = arm.Arm.Name.Length > 0 ? $" ({arm.Arm.Name})" : "";
            Line($"step        {Words.Duration(measured.SecondsPerStep)}{name}");
            Line($"model       {measured.Parameters:N0} parameters, {Words.Significant(measured.FlopsPerToken / 1e6)} MFLOP a token");
            foreach (string line in measured.Routing) Line($"            {line}");
        }
        foreach (RequestedArm arm in request.Arms) PrintChanges(arm);
        Line($"optimizers");
        foreach (PlannedRun run in plan.Runs.DistinctBy(r => (r.Variant.Name, r.LearningRate, r.Setting))) Line($"  {run.Variant.Name}{(run.Setting.Length > 0 ? $" ({run.Setting})" : "")}, lr {run.LearningRate}: {Described(run)}");
        Line($"folder      {Shown.OneLine(folder)} (not made)");
    }

    // What the profile would have otherwise; a reader who knows it sees what is special here.
    private static void PrintChanges(RequestedArm arm)
    {
        string name = arm.Arm.Name.Length > 0 ? $" ({arm.Arm.Name})" : "";
        JsonObject usual = Settings(SettingsBuilder.Defaults(arm.Settings.Profile, quick: false, arm.Settings.Threads)), here = Settings(arm.Settings);
        (string Key, string Was, string Is)[] changes = [.. FlatJson.Differences(usual, here).Where(d => d.Key is not ("learningRateSource" or "device"))];
        Line($"changed     {(changes.Length == 0 ? "nothing: all is as" : "from")} the profile {arm.Settings.Profile}{name}");
        foreach ((string key, string was, string now) in changes) Line($"  {key}: {now} (else {was})");
    }

    private static JsonObject Settings(RunSettings settings) => JsonSerializer.SerializeToNode(settings, Json.Documents)!.AsObject();

    private static string Described(PlannedRun run)
    {
        string[] ownKeys = ["preset", "learningRate", "weightDecay"];
        string[] changes = [.. FlatJson.Differences(OptimizerOptions.FromPreset(run.Optimizer.Preset).ToJson(), run.Optimizer.ToJson()).Where(d => !ownKeys.Contains(d.Key)).Select(d => $"{d.Key} {d.Is} (else {d.Was})")];
        return $"the preset {run.Optimizer.Preset}{(changes.Length == 0 ? " as it is" : $" with {string.Join(", ", changes)}")}, weight decay {Words.Significant(run.Optimizer.WeightDecay)}";
    }

    private static JsonObject Document(ExperimentRequest request, Plan plan, PlanEstimate estimate)
    {
        JsonObject document = new()
        {
            ["experiment"] = request.Experiment.Name,
            ["runs"] = plan.Runs.Count,
            ["tokens"] = plan.Tokens,
            ["totalSeconds"] = estimate.TotalSeconds,
        };
        JsonObject[] arms = [.. Measured(plan, estimate).Select(m => Document(m.Arm, m.Measured))];
        // The first arm's stand at the top: mostly it is the only one.
        foreach ((string key, JsonNode? value) in arms[0].Where(pair => pair.Key != "name")) document[key] = value?.DeepClone();
        if (arms.Length > 1) document["arms"] = new JsonArray([.. arms]);
        document["optimizers"] = new JsonArray([.. plan.Runs.DistinctBy(r => (r.Variant.Name, r.LearningRate)).Select(r => new JsonObject { ["variant"] = r.Variant.Name, ["optimizer"] = r.Optimizer.ToJson() })]);
        return document;
    }

    private static JsonObject Document(PlannedArm arm, Calibration measured) => new()
    {
        ["name"] = arm.Arm.Name,
        ["parameters"] = measured.Parameters,
        ["flopsPerToken"] = measured.FlopsPerToken,
        ["routing"] = new JsonArray([.. measured.Routing.Select(r => JsonValue.Create(r))]),
        ["tokensPerRun"] = (long)arm.Workload.Settings.Steps * arm.Workload.Settings.TokensPerStep,
        ["bytesPerRun"] = measured.BytesPerRun,
        ["secondsPerStep"] = measured.SecondsPerStep,
        ["settings"] = JsonSerializer.SerializeToNode(arm.Workload.Settings, Json.Documents),
    };

    private static IEnumerable<(PlannedArm Arm, Calibration Measured)> Measured(Plan plan, PlanEstimate estimate) => plan.Arms.Where(a => plan.Runs.Any(r => r.Arm == a.Arm)).Zip(estimate.Arms);

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
