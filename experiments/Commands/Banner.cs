using System.Globalization;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary>What stands above the display: the question, the size and what runs, so that nobody wonders later.</summary>
internal static class Banner
{
    public static void Print(Experiment experiment, Workload workload, IReadOnlyList<PlannedRun> plan, int jobs, string folder)
    {
        Configuration.RunSettings s = workload.Settings;
        Line($"{experiment.Name}: {experiment.Question}");
        if (experiment.Claim is { } claim) Line($"claim    {claim.Text}");
        Line($"model    {s.Profile}: {s.Model.NLayer} layers × {s.Model.NEmbd}, {s.Model.NHead} heads, context {s.Model.BlockSize}, vocabulary {s.Model.VocabSize}");
        Line($"runs     {plan.Count} of {s.Steps:N0} steps × {s.TokensPerStep:N0} tokens, {jobs} at once, {s.Threads} thread{(s.Threads == 1 ? "" : "s")} each, on {Configuration.Devices.Describe(s.Device)}");
        Line($"corpus   {workload.Data.Corpus.Name}, sha256 {workload.Data.Corpus.Sha256[..12]}…, {workload.Windows.TokenCount:N0} validation tokens");
        foreach (PlannedRun run in plan.DistinctBy(r => (r.Variant.Name, r.LearningRate)))
        {
            Line($"variant  {run.Variant.Name} (lr {run.LearningRate:G}): {string.Join(" → ", run.Optimizer.Compile().Select(s => s.Name))}");
        }
        Line($"folder   {folder}");
        Console.Error.WriteLine();
    }

    private static void Line(FormattableString text) => Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
