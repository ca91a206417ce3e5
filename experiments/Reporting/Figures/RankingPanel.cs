using System.Globalization;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>Variants one under the other, each with its value, its interval over the seeds and the single runs.</summary>
internal static class RankingPanel
{
    /// <summary>Final validation losses, the lowest first; null where every run diverged.</summary>
    public static Panel? OfLosses(ArmResult arm)
    {
        VariantSummary[] order = [.. arm.Variants.OrderBy(v => double.IsFinite(v.ValidationLoss.Mean) ? v.ValidationLoss.Mean : double.PositiveInfinity)];
        return !double.IsFinite(order[0].ValidationLoss.Mean) ? null : new Panel
        {
            Title = arm.Arm.Name.Length > 0 ? arm.Arm.Name : null,
            XLabel = $"final validation loss ({Units.Of(arm)})",
            EndValueFormat = "F3",
            Rows = [.. order.Select(v => Row(v.Name, [.. v.Runs.Select(r => r.FinalValidationLoss)]))],
        };
    }

    /// <summary>Tokens saved on the way to the baseline's loss, in percent; null where there is no baseline.</summary>
    public static Panel? OfTokensSaved(ArmResult arm)
    {
        RankRow[] rows = [.. arm.Variants.Where(v => v.ToBaseline is not null && !v.IsBaseline).Select(Saved)];
        return !rows.Any(r => double.IsFinite(r.Value)) ? null : new Panel
        {
            Title = arm.Arm.Name.Length > 0 ? arm.Arm.Name : null,
            XLabel = "tokens saved on the way to AdamW's final training loss (%)",
            EndValueFormat = "F1",
            Rows = rows,
            ReferenceLines = [new ReferenceLine("AdamW", 0)],
        };

        static RankRow Saved(VariantSummary v)
        {
            TokensToBaseline to = v.ToBaseline!;
            RankRow row = Row(v.Name, [.. to.Savings.Select(s => s ?? double.NaN)]);
            return to.Reached == to.N ? row : row with { Note = string.Create(CultureInfo.InvariantCulture, $"{to.Reached} of {to.N} reach it") };
        }
    }

    /// <summary>A panel for every measure that says most; the others stand in the table.</summary>
    public static IEnumerable<Panel> OfMeasures(ArmResult arm) => arm.Variants.SelectMany(v => v.Measures.Keys).Distinct().Where(Measures.IsHeadline).Select(key => new Panel
    {
        Title = Measures.InWords(key),
        XLabel = Measures.UnitOf(key),
        EndValueFormat = "F3",
        Rows = [.. arm.Variants.Select(v => Row(v.Name, [.. v.Runs.Select(r => r.Measures.GetValueOrDefault(key, double.NaN))]))],
    }).Where(panel => panel.Rows.Any(r => double.IsFinite(r.Value)));

    private static RankRow Row(string name, double[] values)
    {
        RankRow row = RankRow.OverSeeds(name, values);
        return double.IsFinite(row.Value) ? row : row with { Note = "diverged" };
    }
}
