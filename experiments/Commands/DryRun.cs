using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
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
            Line($"step        {measured.SecondsPerStep * 1000:N0} ms, {measured.Parameters:N0} parameters: {string.Join("; ", measured.Routing)}{name}");
            Line($"settings    {JsonSerializer.Serialize(arm.Workload.Settings, Json.Lines)}");
        }
        foreach (PlannedRun run in plan.Runs.DistinctBy(r => (r.Variant.Name, r.LearningRate))) Line($"optimizer   {run.Variant.Name}: {run.Optimizer.ToJson().ToJsonString(Json.Lines)}");
        Line($"folder      {folder} (not made)");
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
        ["routing"] = new JsonArray([.. measured.Routing.Select(r => JsonValue.Create(r))]),
        ["tokensPerRun"] = (long)arm.Workload.Settings.Steps * arm.Workload.Settings.TokensPerStep,
        ["bytesPerRun"] = measured.BytesPerRun,
        ["secondsPerStep"] = measured.SecondsPerStep,
        ["settings"] = JsonSerializer.SerializeToNode(arm.Workload.Settings, Json.Documents),
    };

    private static IEnumerable<(PlannedArm Arm, Calibration Measured)> Measured(Plan plan, PlanEstimate estimate) => plan.Arms.Where(a => plan.Runs.Any(r => r.Arm == a.Arm)).Zip(estimate.Arms);

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
