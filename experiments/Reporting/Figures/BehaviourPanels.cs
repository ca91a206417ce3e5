using MiniGrad.Experiments.Probes;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>What training did to the layers on the way (<see cref="LayersFile"/>), a panel a quantity, a curve a variant: means over the blocks' matrices, of σmax/σmin the geometric one.</summary>
internal static class BehaviourPanels
{
    /// <summary>A quantity that spreads over less than this factor is drawn on a linear axis.</summary>
    private const double WideSpread = 10;

    private static readonly (string Title, double Least, double Most, Func<IEnumerable<LayerMeasure>, double> Of)[] Quantities =
    [
        ("update RMS in the blocks", 0, double.PositiveInfinity, step => Mean(Inside(step).Select(m => m.UpdateRms))),
        ("weight RMS in the blocks", 0, double.PositiveInfinity, step => Mean(Inside(step).Select(m => m.WeightRms))),
        ("σmax/σmin of the update", 1, double.PositiveInfinity, step => Math.Exp(Mean(Inside(step).Select(m => m.Spread is { } spread ? Math.Log(spread) : (double?)null)))),
        ("stable rank of the update", 1, double.PositiveInfinity, step => Mean(Inside(step).Select(m => m.StableRank))),
        ("cosine of the step with the descent of a batch 16 times as large", -1, 1, step => Mean(Inside(step).Select(m => m.Cosine))),
        ("largest attention logit", double.NegativeInfinity, double.PositiveInfinity, step => step.Select(m => m.LargestLogit).OfType<double>().DefaultIfEmpty(double.NaN).Max()),
        ("share of clipped steps", 0, 1, step => Mean(step.Select(m => m.ClipRate))),
    ];

    /// <summary>The panels of an arm whose runs were watched; none where none was.</summary>
    public static IEnumerable<Panel> Of(ArmResult arm, string runFolder) => Panels(arm, runFolder, Quantities);

    /// <summary>The cosine of the step with the descent of a large batch, a panel a kind of matrix.</summary>
    public static IEnumerable<Panel> Cosines(ArmResult arm, string runFolder)
    {
        string[] kinds = [.. arm.Variants.SelectMany(v => v.Runs).SelectMany(r => LayersFile.Read(runFolder, r.Run.Folder)).Where(m => m is { Layer: not null, Matrix: not null }).Select(m => m.Matrix!).Distinct()];
        return Panels(arm, runFolder, [.. kinds.Select(kind => ($"cosine, {kind}", -1.0, 1.0, (Func<IEnumerable<LayerMeasure>, double>)(step => Mean(Inside(step).Where(m => m.Matrix == kind).Select(m => m.Cosine)))))]);
    }

    private static IEnumerable<Panel> Panels(ArmResult arm, string runFolder, (string Title, double Least, double Most, Func<IEnumerable<LayerMeasure>, double> Of)[] quantities)
    {
        (string Name, IGrouping<long, LayerMeasure>[][] Runs)[] variants = [.. arm.Variants.Select(v => (v.Name, v.Runs.Select(r => LayersFile.Read(runFolder, r.Run.Folder).GroupBy(m => m.Step).ToArray()).ToArray()))];
        if (!variants.Any(v => v.Runs.Any(r => r.Length > 0))) yield break;
        foreach ((string title, double least, double most, Func<IEnumerable<LayerMeasure>, double> of) in quantities)
        {
            Curve[] curves = [.. variants.Where(v => v.Runs.Any(r => r.Length > 0)).Select(v => Curve.OverSeeds(
                v.Name,
                [.. v.Runs.MaxBy(r => r.Length)!.Select(step => (double)step.Key)],
                [.. v.Runs.Select(r => (IReadOnlyList<double>)[.. r.Select(of)])]).Within(least, most))];
            double[] means = [.. curves.SelectMany(c => c.Mean).Where(double.IsFinite)];
            AxisScale scale = least >= 0 && means.Length > 0 && means.Min() > 0 && means.Max() > WideSpread * means.Min() ? AxisScale.Logarithmic : AxisScale.Linear;
            if (means.Length > 0) yield return new Panel { Title = title, XLabel = "step", YScale = scale, Curves = curves };
        }
    }

    // Embeddings and head are under AdamW whatever the variant.
    private static IEnumerable<LayerMeasure> Inside(IEnumerable<LayerMeasure> step) => step.Where(m => m.Layer is not null);

    // Of an attention-only line or a clip rate the other quantities are missing.
    private static double Mean(IEnumerable<double?> values) => values.OfType<double>().Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
}
