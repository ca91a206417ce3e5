using System.Globalization;
using System.Text;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>The result as a Markdown table with the verdict below it.</summary>
internal static class ResultTable
{
    private static readonly string[] Header = ["variant", "learning rate", "n", "validation loss", "bits/byte", "training loss", "tokens to AdamW's loss", "s/step"];

    public static string Rows(IReadOnlyList<VariantSummary> variants, Func<VariantSummary, string> note)
    {
        List<string[]> rows = [Header];
        foreach (VariantSummary v in variants)
        {
            rows.Add(
            [
                v.Name,
                v.LearningRate.ToString("G", CultureInfo.InvariantCulture) + note(v),
                v.Runs.Count.ToString(CultureInfo.InvariantCulture),
                MeanAndDeviation(v.ValidationLoss),
                Number(v.BitsPerByte, "F3"),
                MeanAndDeviation(v.TrainLoss),
                ToBaseline(v),
                Number(v.SecondsPerStep, "F4"),
            ]);
        }
        return Align(rows);
    }

    /// <summary>The verdict and the numbers behind it, in one or two sentences.</summary>
    public static string Sentence(Verdict verdict, string? measure = null)
    {
        string text = $"**{verdict.Outcome.ToString().ToLowerInvariant()}**: {verdict.Claim}? {char.ToUpperInvariant(verdict.Reason[0])}{verdict.Reason[1..]}.";
        return verdict.Test is { } test ? string.Create(CultureInfo.InvariantCulture, $"{text} Paired difference {Signed(test.Difference)} {Measures.UnitOf(measure)}, 95 % interval [{Signed(test.Lower)}, {Signed(test.Upper)}], n = {test.N}, p = {test.P:G2}.") : text;

        string Signed(double value) => value.ToString(Measures.FormatOf(measure, signed: true), CultureInfo.InvariantCulture);
    }

    private static string ToBaseline(VariantSummary v) => v switch
    {
        { Diverged: true } => "diverged",
        { ToBaseline: null } => "–",
        { ToBaseline: { Needed: { } needed } } => needed.Mean.ToString("N0", CultureInfo.InvariantCulture),
        { ToBaseline: { Reached: 0 } } => "not reached",
        { ToBaseline: var to } => $"{to.Reached} of {to.N} reach it",
    };

    public static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "diverged";

    public static string MeanAndDeviation(Sample sample)
    {
        if (!double.IsFinite(sample.Mean)) return "diverged";
        string mean = sample.Mean.ToString("F3", CultureInfo.InvariantCulture);
        return double.IsFinite(sample.StandardDeviation) ? $"{mean} ± {sample.StandardDeviation.ToString("F3", CultureInfo.InvariantCulture)}" : mean;
    }

    private static string Align(List<string[]> rows)
    {
        int[] widths = [.. Enumerable.Range(0, Header.Length).Select(c => Math.Max(3, rows.Max(r => r[c].Length)))];
        var text = new StringBuilder();
        for (int r = 0; r < rows.Count; r++)
        {
            text.Append("| ").AppendJoin(" | ", rows[r].Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).Append(" |\n");
            if (r == 0) text.Append("| ").AppendJoin(" | ", widths.Select((w, c) => c == 0 ? new string('-', w) : new string('-', w - 1) + ":")).Append(" |\n");
        }
        return text.ToString();
    }
}
