using System.Globalization;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary>What stands above the display: the question, the size and what runs, so that nobody wonders later.</summary>
internal static class Banner
{
    public static void Print(Experiment experiment, Plan plan, int jobs, string folder)
    {
        Line($"{experiment.Name}: {experiment.Question}");
        if (plan.Arms[0].Workload.Settings.Quick) Line($"smoke run   --quick shows that everything works; its verdict means nothing");
        if (experiment.ClaimInWords is { } claim) Line($"claim       {claim}");
        // Whoever waits for many runs wants to know how long; one run tells soon enough.
        Plan rest = plan.Without(folder);
        PlanEstimate? estimate = rest.Runs.Count > 1 ? PlanEstimate.Of(rest, jobs) : null;
        foreach (string line in PlanText.Of(experiment, plan, jobs, estimate, plan.Runs.Count - rest.Runs.Count)) Line($"{line}");
        IReadOnlyList<string> model = estimate is { } measured ? ModelSummary.Of(measured.Arms[0]) : plan.Runs.Count > 0 ? ModelSummary.Of(plan.Runs[0], plan.WorkloadOf(plan.Runs[0])) : [];
        for (int i = 0; i < model.Count; i++) Line($"{(i == 0 ? "model" : ""),-12}{model[i]}");
        foreach (PlannedRun run in plan.Runs.DistinctBy(r => (r.Variant.Name, r.LearningRate)))
        {
            Line($"variant     {run.Variant.Name} (lr {run.LearningRate:G}): {string.Join(" → ", run.Optimizer.Compile().Select(s => s.Name))}");
        }
        Line($"folder      {Shown.OneLine(folder)}");
        Console.Error.WriteLine();
    }

    private static void Line(FormattableString text) => Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
