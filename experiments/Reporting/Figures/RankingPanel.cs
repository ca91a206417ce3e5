using System.Globalization;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>
/// Variants one under the other. Where a claim is decided by paired differences, these are drawn: from the variant that the claim
/// compares with, which is the line at 0. Otherwise each variant has its value.
/// </summary>
internal static class RankingPanel
{
    /// <summary>How differences are written.</summary>
    public const string Difference = "+0.000;-0.000;0.000";

    /// <summary>Final validation losses, the lowest first; null where every run diverged.</summary>
    public static Panel? OfLosses(ExperimentResult result, ArmResult arm)
    {
        Claim? claim = result.Experiment.Claim is { Measure: null } c ? c : null;
        Panel panel = Of(result, arm, claim, "final validation loss", Units.Of(arm), r => r.FinalValidationLoss);
        return !panel.Rows.Any(r => double.IsFinite(r.Value)) ? null : panel with
        {
            Title = arm.Arm.Name.Length > 0 ? arm.Arm.Name : null,
            Rows = [.. panel.Rows.OrderBy(r => double.IsFinite(r.Value) ? r.Value : double.PositiveInfinity)],
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

        // A run that never comes down there saves at most what its length leaves.
        static RankRow Saved(VariantSummary v)
        {
            TokensToBaseline to = v.ToBaseline!;
            RankRow row = RankRow.OverSeeds(v.Name, to.Savings).Within(double.NegativeInfinity, 100);
            return to.IsComplete ? row : row with { Note = string.Create(CultureInfo.InvariantCulture, $"< {to.Saving.Mean:F1}: {to.Reached} of {to.N} reach it").Replace('-', '−') };
        }
    }

    /// <summary>A panel for every measure that says most; the others stand in the table.</summary>
    public static IEnumerable<Panel> OfMeasures(ExperimentResult result)
    {
        ArmResult arm = result.Primary;
        foreach (string key in arm.Variants.SelectMany(v => v.Measures.Keys).Distinct().Where(Measures.IsHeadline))
        {
            Claim? claim = result.Experiment.Claim is { } c && c.Measure == key ? c : null;
            Panel panel = Of(result, arm, claim, "", Measures.UnitOf(key), r => r.Measures.GetValueOrDefault(key, double.NaN));
            (double least, double most) = Measures.RangeOf(key);
            if (claim is null) panel = panel with { Rows = [.. panel.Rows.Select(r => r.Within(least, most))] };
            if (panel.Rows.Any(r => double.IsFinite(r.Value))) yield return panel with { Title = Measures.InWords(key) };
        }
    }

    private static Panel Of(ExperimentResult result, ArmResult arm, Claim? claim, string what, string unit, Func<RunRecord, double> value)
    {
        double[] Values(VariantSummary v) => [.. v.Runs.Select(value)];
        double[] than = claim is null ? [double.NaN] : Values(arm.Variant(claim.Than));
        if (claim is null || !than.All(double.IsFinite))
            return new Panel { XLabel = what.Length > 0 ? $"{what} ({unit})" : unit, EndValueFormat = "F3", Rows = [.. arm.Variants.Select(v => Row(v.Name, Values(v)))] };
        var paired = new PairedValues(result.Experiment, arm);
        return new Panel
        {
            XLabel = what.Length > 0 ? $"{what} minus that of {claim.Than} ({unit})" : $"{unit}, minus those of {claim.Than}",
            EndValueFormat = Difference,
            Rows = [.. arm.Variants.Where(v => v.Name != claim.Than).Select(v => Tested(Row(v.Name, [.. Values(v).Zip(than, (a, b) => a - b)]), paired.Test(v.Name, claim.Than)))],
            ReferenceLines = [new ReferenceLine(string.Create(CultureInfo.InvariantCulture, $"{claim.Than} {than.Average():F3}"), 0)],
        };
    }

    // The interval of the report: pooled where the report pools.
    private static RankRow Tested(RankRow row, PairedT? test) => row.Low is null || test is null ? row : row with { Low = test.Lower, High = test.Upper };

    private static RankRow Row(string name, double[] values)
    {
        RankRow row = RankRow.OverSeeds(name, values);
        return double.IsFinite(row.Value) ? row : row with { Note = "diverged" };
    }
}
