using System.Globalization;
using MiniGrad.Experiments.Running;
using MiniGrad.Plotting;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>Validation loss on the way, a curve a variant over its seeds.</summary>
internal static class CurvePanel
{
    /// <summary>The panel of an arm, or null where no run was evaluated.</summary>
    public static Panel? Of(ArmResult arm, HorizontalAxis axis)
    {
        Curve[] curves = [.. arm.Variants.Select(v => Draw(v, v.Name, axis)).OfType<Curve>()];
        if (!curves.Any(c => c.Mean.Any(double.IsFinite))) return null;
        double bigram = arm.References.Bigram.NatsPerToken;
        return new Panel
        {
            Title = arm.Arm.Name.Length > 0 ? arm.Arm.Name : null,
            XLabel = axis.Label(),
            YLabel = $"validation loss ({Units.Of(arm)})",
            YScale = AxisScale.Logarithmic,
            YMax = Math.Max(1.15 * bigram, 1.05 * curves.SelectMany(c => c.Mean).Where(double.IsFinite).Min()),
            EndValueFormat = "F3",
            Curves = curves,
            ReferenceLines = [new ReferenceLine(string.Create(CultureInfo.InvariantCulture, $"bigram model {bigram:F2}"), bigram)],
        };
    }

    /// <summary>A variant's curve over its seeds, or null where no run was evaluated.</summary>
    public static Curve? Draw(VariantSummary variant, string name, HorizontalAxis axis)
    {
        StepMetrics[][] runs = [.. variant.Runs.Select(Evaluated)];
        int points = runs.Max(r => r.Length);
        // Seconds differ from seed to seed: the mean over those that got that far.
        double[] x = [.. Enumerable.Range(0, points).Select(i => runs.Where(r => i < r.Length).Average(r => axis.Of(r[i])))];
        return points == 0 ? null : Curve.OverSeeds(name, x, [.. runs.Select(r => (IReadOnlyList<double>)[.. r.Select(m => m.ValidationLoss!.Value)])]);
    }

    /// <summary>The steps at which a run was evaluated.</summary>
    public static StepMetrics[] Evaluated(RunRecord run) => [.. run.History.Where(m => m.ValidationLoss is not null)];
}
