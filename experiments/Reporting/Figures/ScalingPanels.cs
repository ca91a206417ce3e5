using MiniGrad.Experiments.Catalog;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>A ladder of sizes: loss over counted work with fitted power laws, and the work that the baseline would need.</summary>
internal static class ScalingPanels
{
    private const int PointsOfALine = 40;

    public static IEnumerable<Panel> Of(ExperimentResult result)
    {
        double[] work = [.. result.Arms.Select(Scaling.WorkOf)];
        if (work.Distinct().Count() < 2) yield break;
        const string Axis = "counted work of a run (floating-point operations)";
        yield return new Panel
        {
            Title = "loss, with power laws",
            XLabel = Axis,
            YLabel = $"final validation loss ({Units.Of(result.Primary)})",
            XScale = AxisScale.Logarithmic,
            YScale = AxisScale.Logarithmic,
            Curves =
            [
                .. result.Experiment.Variants.Select(v => SweepPanel.Over(v.Name, [.. result.Arms.Select(a => (Scaling.WorkOf(a), (IReadOnlyList<double>)[.. a.Variant(v.Name).Runs.Select(r => r.FinalValidationLoss)]))])),
                .. result.Experiment.Variants.Select(v => Law(result, v, work)).OfType<Curve>(),
            ],
        };
        Rung[] rungs = [.. Scaling.Rungs(result).Where(r => r.Variant.Name != Ladder.Baseline && double.IsFinite(r.SpeedUp))];
        if (rungs.Length == 0) yield break;
        yield return new Panel
        {
            Title = "work that AdamW needs for the same loss",
            XLabel = Axis,
            YLabel = "times as much",
            XScale = AxisScale.Logarithmic,
            Curves = [.. rungs.GroupBy(r => r.Variant.Name).Select(of => new Curve
            {
                Name = of.Key,
                X = [.. of.Select(r => r.Work)],
                Mean = [.. of.Select(r => r.SpeedUp)],
                Low = [.. of.Select(r => r.Lower ?? double.NaN)],
                High = [.. of.Select(r => r.Upper ?? double.NaN)],
                Marks = true,
            })],
        };
    }

    private static Curve? Law(ExperimentResult result, Variant variant, double[] work)
    {
        if (Scaling.FitOf(result, variant.Name) is not { } fit) return null;
        double[] x = [.. Enumerable.Range(0, PointsOfALine).Select(i => work.Min() * Math.Pow(work.Max() / work.Min(), i / (PointsOfALine - 1.0)))];
        return new Curve { Name = variant.Name, X = x, Mean = [.. x.Select(fit.At)], Dashed = true, Behind = true };
    }
}
