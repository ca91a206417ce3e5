using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>--dry-run</c>: what would run, how large it is and how long it takes. Writes nothing.</summary>
internal static class DryRun
{
    public static int Print(ExperimentRequest request, Workload workload, IReadOnlyList<PlannedRun> plan, string folder)
    {
        Calibration calibration = Calibration.Measure(plan, workload, request.Jobs);
        if (request.Json) Console.Out.WriteLine(Document(request, workload, plan, calibration).ToJsonString(Json.Documents));
        else PrintText(request, workload, plan, folder, calibration);
        return ExitCode.Done;
    }

    private static void PrintText(ExperimentRequest request, Workload workload, IReadOnlyList<PlannedRun> plan, string folder, Calibration calibration)
    {
        var s = workload.Settings;
        Line($"{request.Experiment.Name}: {request.Experiment.Question}");
        Line($"runs        {plan.Count}: {request.Experiment.Variants.Count} variants × {request.LearningRates.Count} learning rate(s) × {request.Seeds.Count} seed(s), {request.Jobs} at once");
        Line($"each        {s.Steps:N0} steps × {s.TokensPerStep:N0} tokens = {(long)s.Steps * s.TokensPerStep:N0} tokens, evaluated every {s.EvaluateEvery} steps on {workload.Windows.TokenCount:N0} tokens");
        Line($"model       {s.Profile}: {calibration.Parameters:N0} parameters");
        foreach (string group in calibration.Routing) Line($"            {group}");
        Line($"corpus      {workload.Data.Corpus.Name}: {workload.Data.Corpus.TrainBytes:N0} training and {workload.Data.Corpus.ValidationBytes:N0} validation bytes");
        Line($"memory      about {calibration.BytesPerRun * Math.Min(request.Jobs, plan.Count) / 1048576.0:N0} MiB ({calibration.BytesPerRun / 1048576.0:N0} MiB a run)");
        Line($"time        about {TimeSpan.FromSeconds(Math.Ceiling(calibration.TotalSeconds)):g} (from a short measurement: {calibration.SecondsPerStep * 1000:N0} ms a step)");
        Line($"folder      {folder} (not made)");
        Line($"settings    {JsonSerializer.Serialize(s, Json.Lines)}");
        foreach (PlannedRun run in plan.DistinctBy(r => (r.Variant.Name, r.LearningRate))) Line($"optimizer   {run.Variant.Name}: {run.Optimizer.ToJson().ToJsonString(Json.Lines)}");
    }

    private static JsonObject Document(ExperimentRequest request, Workload workload, IReadOnlyList<PlannedRun> plan, Calibration calibration) => new()
    {
        ["experiment"] = request.Experiment.Name,
        ["runs"] = plan.Count,
        ["parameters"] = calibration.Parameters,
        ["routing"] = new JsonArray([.. calibration.Routing.Select(r => JsonValue.Create(r))]),
        ["tokensPerRun"] = (long)workload.Settings.Steps * workload.Settings.TokensPerStep,
        ["bytesPerRun"] = calibration.BytesPerRun,
        ["secondsPerStep"] = calibration.SecondsPerStep,
        ["totalSeconds"] = calibration.TotalSeconds,
        ["settings"] = JsonSerializer.SerializeToNode(workload.Settings, Json.Documents),
        ["optimizers"] = new JsonArray([.. plan.DistinctBy(r => (r.Variant.Name, r.LearningRate)).Select(r => new JsonObject { ["variant"] = r.Variant.Name, ["optimizer"] = r.Optimizer.ToJson() })]),
    };

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
