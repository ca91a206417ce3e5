using System.Globalization;
using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Recorded;

/// <summary>Whether two records of a run have the same numbers, times apart.</summary>
internal static class RunNumbers
{
    /// <summary>The first difference in words, or null.</summary>
    public static string? Difference(RunRecord first, RunRecord second)
    {
        if (first.Result.Outcome != second.Result.Outcome) return $"{first.Result.Outcome.ToString().ToLowerInvariant()} and {second.Result.Outcome.ToString().ToLowerInvariant()}";
        if (first.InitialSha256 != second.InitialSha256) return "other initial weights";
        if (first.Result.BatchFingerprint != second.Result.BatchFingerprint) return "other batches";
        if (!first.Result.FinalValidationLoss.Equals(second.Result.FinalValidationLoss)) return string.Create(CultureInfo.InvariantCulture, $"final validation losses {first.Result.FinalValidationLoss} and {second.Result.FinalValidationLoss}");
        foreach ((StepMetrics a, StepMetrics b) in first.History.Zip(second.History))
        {
            if (a with { Seconds = 0 } != b with { Seconds = 0 }) return string.Create(CultureInfo.InvariantCulture, $"training losses {a.TrainLoss} and {b.TrainLoss} at step {a.Step}");
        }
        return first.History.Count == second.History.Count ? null : $"{first.History.Count} and {second.History.Count} logged steps";
    }
}
