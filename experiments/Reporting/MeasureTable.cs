using System.Globalization;
using System.Text;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>What probes measured on the trained models, as a Markdown table: a row a measure, a column a variant.</summary>
internal static class MeasureTable
{
    /// <summary>The tables of all arms, or null where nothing was measured.</summary>
    public static string? Of(ExperimentResult result)
    {
        string[] measured = [.. result.Arms.SelectMany(a => a.Variants.SelectMany(v => v.Measures.Keys))];
        if (measured.Length == 0) return null;
        string times = measured.Any(Measures.IsTime) ? "\nTimes are of the manifest's machine with all that ran on it, and compare only within this table.\n" : "";
        return ReportText.PerArm(result, Of) + times;
    }

    private static string Of(ArmResult arm)
    {
        var text = new StringBuilder("| measure |").AppendJoin(" |", arm.Variants.Select(v => $" {v.Name}")).Append(" |\n| --- |");
        foreach (VariantSummary _ in arm.Variants) text.Append(" ---: |");
        text.Append('\n');
        foreach (string key in arm.Variants.SelectMany(v => v.Measures.Keys).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {key} |");
            foreach (VariantSummary variant in arm.Variants) text.Append(CultureInfo.InvariantCulture, $" {(variant.Measures.TryGetValue(key, out Sample sample) ? InWords(sample) : "–")} |");
            text.Append('\n');
        }
        return text.ToString();
    }

    private static string InWords(Sample sample)
    {
        if (!double.IsFinite(sample.Mean)) return "diverged";
        string mean = sample.Mean.ToString("G4", CultureInfo.InvariantCulture);
        return double.IsFinite(sample.StandardDeviation) ? $"{mean} ± {sample.StandardDeviation.ToString("G2", CultureInfo.InvariantCulture)}" : mean;
    }
}
