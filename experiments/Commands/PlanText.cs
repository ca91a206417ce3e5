using System.Globalization;
using MiniGrad.Data;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary>A plan in words, before it starts: what runs, how much that is and how long it takes.</summary>
internal static class PlanText
{
    /// <summary>A line for the runs, one an arm, and one each for text and time.</summary>
    /// <param name="experiment">What runs.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="jobs">Runs at once.</param>
    /// <param name="estimate">What was measured, or null.</param>
    /// <param name="finished">Runs that need not be made again, which the estimate leaves out.</param>
    public static IEnumerable<string> Of(Experiment experiment, Plan plan, int jobs, PlanEstimate? estimate, int finished = 0)
    {
        RunSettings first = plan.Arms[0].Workload.Settings;
        int seeds = plan.Runs.Select(r => r.Seed).Distinct().Count();
        string arms = plan.Arms.Count > 1 ? $" × {plan.Arms.Count} arms" : "", rates = plan.Arms.Max(a => a.LearningRates.Count) is > 1 and int most ? $" × {most} learning rates" : "", points = plan.Arms.Max(a => a.PointCount) is > 1 and int grid ? $" × {grid} settings" : "";
        yield return $"runs        {plan.Runs.Count}: {Count(experiment.Variants.Count, "variant")}{rates}{points}{arms} × {Count(seeds, "seed")}, {jobs} at once, {Count(first.Threads, "thread")} each, on {Devices.Describe(first.Device)}";
        foreach (PlannedArm arm in plan.Arms) yield return Line(arm);
        foreach (Workload workload in plan.Arms.Select(a => a.Workload).DistinctBy(w => w.Data.Corpus.Sha256))
            yield return Invariant($"corpus      {Shown.OneLine(workload.Data.Corpus.Name)}, sha256 {workload.Data.Corpus.Sha256[..12]}…: {Lengths(workload.Data)}");
        string time = estimate is null ? "" : Invariant($"{(finished == 0 ? "," : "")} about {Words.Duration(Math.Ceiling(estimate.TotalSeconds))} by a measurement of {Calibration.Steps} steps an arm");
        string there = finished == 0 ? "" : $"; {Count(finished, "run")} of {plan.Runs.Count} ended before{(estimate is null ? "" : ", the others take")}";
        yield return Invariant($"in all      {plan.Tokens:N0} tokens{there}{time}");
    }

    // Token files have no text whose bytes could be counted.
    private static string Lengths(TokenData data) => data.Corpus.TrainFiles.Count > 0 && data.Corpus.Train.IsEmpty
        ? Invariant($"{data.Train.Length:N0} training and {data.Validation.Length:N0} validation tokens")
        : Invariant($"{data.Corpus.TrainBytes:N0} training and {data.Corpus.ValidationBytes:N0} validation bytes");

    private static string Line(PlannedArm arm)
    {
        RunSettings s = arm.Workload.Settings;
        string name = arm.Arm.Name.Length > 0 ? $" ({arm.Arm.Name})" : "";
        return Invariant($"each        {s.Profile}: {s.Model.NLayer} layers × {s.Model.NEmbd}, {s.Model.NHead} heads, context {s.Model.BlockSize}, vocabulary {s.Model.VocabSize}{Precisions.InWords(s.Model)}; {s.Steps:N0} steps × {s.TokensPerStep:N0} tokens, evaluated every {s.EvaluateEvery} on {arm.Workload.Windows.TokenCount:N0}{name}");
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
