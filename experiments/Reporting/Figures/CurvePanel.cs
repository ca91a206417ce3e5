using System.Globalization;
using MiniGrad.Experiments.Running;
using MiniGrad.Plotting;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>Validation loss on the way, a curve a variant over its seeds; behind it, where there is only one variant, its training loss.</summary>
internal static class CurvePanel
{
    /// <summary>The panel of an arm, or null where no run was evaluated.</summary>
    public static Panel? Of(ExperimentResult result, ArmResult arm, HorizontalAxis axis)
    {
        Curve[] curves = [.. arm.Variants.Select(v => Draw(v, v.Name, axis)).OfType<Curve>()];
        if (!curves.Any(c => c.Mean.Any(double.IsFinite))) return null;
        if (arm.Variants is [var only] && Draw("training loss", only, axis, run => [.. run.History], m => m.TrainLoss) is { } training)
            curves = [training with { ColorKey = only.Name, Behind = true, Low = null, High = null, Runs = [] }, curves[0] with { Name = "validation loss", ColorKey = only.Name }];
        double bigram = arm.References.Bigram.NatsPerToken, top = Top(result, arm, curves);
        string model = result.Arms.Select(a => a.Data.Corpus.Name).Distinct().Count() > 1 ? $"bigrams of {Path.GetFileNameWithoutExtension(arm.Data.Corpus.Name)}" : "bigram model";
        return new Panel
        {
            Title = arm.Arm.Name.Length > 0 ? arm.Arm.Name : null,
            XLabel = axis.Label(),
            YLabel = $"{(curves[0].Behind ? "loss" : "validation loss")} ({Units.Of(arm)})",
            YMax = curves.SelectMany(c => c.Mean).Any(loss => loss > top) ? top : null,
            EndValueFormat = "F3",
            Curves = curves,
            ReferenceLines = [new ReferenceLine(string.Create(CultureInfo.InvariantCulture, $"{model} {bigram:F2}"), bigram)],
        };
    }

    /// <summary>A variant's validation loss over its seeds, or null where no run was evaluated.</summary>
    public static Curve? Draw(VariantSummary variant, string name, HorizontalAxis axis) => Draw(name, variant, axis, Evaluated, m => m.ValidationLoss!.Value);

    /// <summary>The steps at which a run was evaluated.</summary>
    public static StepMetrics[] Evaluated(RunRecord run) => [.. run.History.Where(m => m.ValidationLoss is not null)];

    // What lies above a bigram model is the beginning of training. Ends are results: the claim's are never cut off, the others' where a
    // unigram model is better.
    private static double Top(ExperimentResult result, ArmResult arm, Curve[] curves)
    {
        IEnumerable<double> ends = from curve in curves
                                   let end = curve.Mean.LastOrDefault(double.IsFinite, double.NaN)
                                   where end <= arm.References.Unigram.NatsPerToken || curve.Name == result.Experiment.Claim?.Lower || curve.Name == result.Experiment.Claim?.Than
                                   select 1.05 * end;
        return ends.Append(1.15 * arm.References.Bigram.NatsPerToken).Max();
    }

    private static Curve? Draw(string name, VariantSummary variant, HorizontalAxis axis, Func<RunRecord, StepMetrics[]> steps, Func<StepMetrics, double> loss)
    {
        StepMetrics[][] runs = [.. variant.Runs.Select(steps)];
        int points = runs.Max(r => r.Length);
        // Seconds differ from seed to seed: the mean over those that got that far.
        double[] x = [.. Enumerable.Range(0, points).Select(i => runs.Where(r => i < r.Length).Average(r => axis.Of(r[i])))];
        return points == 0 ? null : Curve.OverSeeds(name, x, [.. runs.Select(r => (IReadOnlyList<double>)[.. r.Select(loss)])]);
    }
}
