using System.Text.Json.Nodes;
using MiniGrad.Experiments.Configuration;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Running;

/// <summary>Everything that decides a run's numbers. A checkpoint goes on only with an equal one; the number of threads is not in it.</summary>
internal static class RunIdentity
{
    public static JsonObject Of(PlannedRun run, Workload workload)
    {
        RunSettings s = workload.Settings;
        var identity = new JsonObject
        {
            ["model"] = ModelConfig.ToJson(s.Model with { Precision = run.Variant.Precision ?? s.Model.Precision }),
            ["optimizer"] = run.Optimizer.ToJson(),
            ["corpus"] = new JsonObject { ["sha256"] = workload.Data.Corpus.Sha256, ["tokenizer"] = workload.Data.Tokenizer.Name, ["vocabulary"] = workload.VocabularySha256 },
            ["from"] = s.From is null ? null : Path.GetFileName(Path.TrimEndingDirectorySeparator(s.From)),
            ["seed"] = run.Seed,
            ["batch"] = s.Batch,
            ["microBatch"] = s.Training.ResolvedMicroBatchSize,
            ["steps"] = s.Steps,
            ["schedule"] = s.Schedule.ToString(),
            ["warmupSteps"] = s.WarmupSteps,
            ["logEvery"] = s.LogEvery,
            ["validationTokens"] = s.ValidationTokens,
            ["device"] = s.Device,
        };
        RunOptions<RunSettings>.AddTo(identity, s);
        // Left out where nothing decays in its own time, as runs that were saved before have it.
        if (s.DecaySteps > 0) identity["decaySteps"] = s.DecaySteps;
        if (s.FinalRate > 0) identity["finalRate"] = s.FinalRate;
        if (run.Arm.Trunk is { } trunk) identity["trunk"] = new JsonObject { ["optimizer"] = PlanBuilder.Resolve(trunk.Rule, s, trunk.LearningRate).ToJson(), ["steps"] = trunk.Steps };
        if (s.RateRisesFrom is { } from) identity["rateRisesFrom"] = from;
        return identity;
    }
}
