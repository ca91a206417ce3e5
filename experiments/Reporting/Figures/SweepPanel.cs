using MiniGrad.Experiments.Catalog;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>Final validation loss over a setting that variants differ in, a curve a series.</summary>
internal static class SweepPanel
{
    /// <summary>The panel of an arm, or null where every run diverged.</summary>
    public static Panel? Of(Experiment experiment, ArmResult arm)
    {
        Curve[] curves = [.. experiment.Variants.Where(v => v.At is not null).GroupBy(v => v.Series).Select(series => Over(
            series.Key,
            [.. series.OrderBy(v => v.At).Select(v => (v.At!.Value, (IReadOnlyList<double>)[.. arm.Variant(v.Name).Runs.Select(r => r.FinalValidationLoss)]))]))];
        return !curves.Any(c => c.Mean.Any(double.IsFinite)) ? null : new Panel
        {
            Title = arm.Arm.Name.Length > 0 ? arm.Arm.Name : null,
            XLabel = experiment.Axis,
            YLabel = $"final validation loss ({Units.Of(arm)})",
            XScale = experiment.AxisIsLogarithmic ? AxisScale.Logarithmic : AxisScale.Linear,
            Curves = curves,
        };
    }

    /// <summary>A curve of settings, each with its values over the seeds; a setting at which a run diverged is a gap.</summary>
    public static Curve Over(string name, IReadOnlyList<(double At, IReadOnlyList<double> Values)> points, string? colorKey = null)
    {
        int seeds = points.Max(p => p.Values.Count);
        IReadOnlyList<double>[] runs = [.. Enumerable.Range(0, seeds).Select(s => (IReadOnlyList<double>)[.. points.Select(p => s < p.Values.Count ? p.Values[s] : double.NaN)])];
        return Curve.OverSeeds(name, [.. points.Select(p => p.At)], runs, colorKey).Within(0) with { Marks = true };
    }
}
