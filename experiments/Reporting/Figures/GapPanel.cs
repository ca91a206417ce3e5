using MiniGrad.Plotting;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>The paired difference of the claim's two variants on the way, a curve an arm; below zero the claim holds.</summary>
internal static class GapPanel
{
    /// <summary>The panel, or null where there is no claim or nothing to compare.</summary>
    public static Panel? Of(ExperimentResult result, HorizontalAxis axis)
    {
        if (result.Experiment.Claim is not { } claim) return null;
        Curve[] curves = [.. result.Arms.Select(a => Gap(a, claim.Lower, claim.Than, axis)).OfType<Curve>()];
        return !curves.Any(c => c.Mean.Any(double.IsFinite)) ? null : new Panel
        {
            XLabel = axis.Label(),
            Title = $"{claim.Lower} − {claim.Than}",
            YLabel = $"difference of validation loss ({Units.Of(result.Primary)})",
            XScale = AxisScale.Logarithmic,
            Curves = curves,
            ReferenceLines = [new ReferenceLine("no difference", 0)],
        };
    }

    private static Curve? Gap(ArmResult arm, string lower, string than, HorizontalAxis axis)
    {
        (StepMetrics[] First, StepMetrics[] Second)[] pairs = [.. arm.Variant(lower).Runs.Zip(arm.Variant(than).Runs, (a, b) => (CurvePanel.Evaluated(a), CurvePanel.Evaluated(b)))];
        int points = pairs.Min(p => Math.Min(p.First.Length, p.Second.Length));
        if (points == 0) return null;
        double[] x = [.. Enumerable.Range(0, points).Select(i => pairs.Average(p => axis.Of(p.First[i])))];
        // Bands of many arms would hide each other's lines: the intervals stand in the table.
        return Curve.OverSeeds(arm.Arm.Name, x, [.. pairs.Select(p => (IReadOnlyList<double>)[.. Enumerable.Range(0, points).Select(i => p.First[i].ValidationLoss!.Value - p.Second[i].ValidationLoss!.Value)])]) with { Runs = [] };
    }
}
