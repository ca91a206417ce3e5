using System.Globalization;
using System.Text;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>The result as a Markdown table with the verdict below it.</summary>
internal static class ResultTable
{
    /// <summary>Rows of variants, with the columns that say something and are the same on another machine.</summary>
    /// <param name="variants">The variants.</param>
    /// <param name="note">A mark behind a learning rate.</param>
    public static string Rows(IReadOnlyList<VariantSummary> variants, Func<VariantSummary, string> note)
    {
        ResultColumn[] columns = [.. ResultColumn.Of(variants, note).Where(c => !c.IsOfMachine)];
        return Align([[.. columns.Select(c => c.Header)], .. variants.Select(v => (string[])[.. columns.Select(c => c.Cell(v))])]);
    }

    /// <summary>The verdict and the numbers behind it, in one or two sentences.</summary>
    public static string Sentence(Verdict verdict, string? measure = null, bool isInteraction = false)
    {
        string text = $"**{verdict.Outcome.ToString().ToLowerInvariant()}**: {verdict.Claim}? {char.ToUpperInvariant(verdict.Reason[0])}{verdict.Reason[1..]}.";
        return verdict.Test is { } test ? string.Create(CultureInfo.InvariantCulture, $"{text} {(isInteraction ? "Interaction" : "Paired difference")} {Signed(test.Difference)} {Measures.UnitOf(measure)}, 95 % interval [{Signed(test.Lower)}, {Signed(test.Upper)}]{Within(test)}, n = {test.N}, p = {test.P:G2}{ErrorOf(test)}.") : text;

        string Within(PairedT t) => verdict.Margin is not null && t.Interval(Margin.Level) is var (lower, upper) ? $", 90 % interval [{Signed(lower)}, {Signed(upper)}]" : "";

        string Signed(double value) => value.ToString(Measures.FormatOf(measure, signed: true), CultureInfo.InvariantCulture);
    }

    /// <summary>What an error that is pooled is from, behind a comma; empty for one of the pair's own differences.</summary>
    public static string ErrorOf(PairedT test) => test.Pooled ? string.Create(CultureInfo.InvariantCulture, $", error from the residuals of all variants ({test.Freedom} degrees of freedom)") : "";

    public static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "diverged";

    public static string MeanAndDeviation(Sample sample)
    {
        if (!double.IsFinite(sample.Mean)) return "diverged";
        string mean = sample.Mean.ToString("F3", CultureInfo.InvariantCulture);
        return double.IsFinite(sample.StandardDeviation) ? $"{mean} ± {sample.StandardDeviation.ToString("F3", CultureInfo.InvariantCulture)}" : mean;
    }

    private static string Align(List<string[]> rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(c => Math.Max(3, rows.Max(r => r[c].Length)))];
        var text = new StringBuilder();
        for (int r = 0; r < rows.Count; r++)
        {
            text.Append("| ").AppendJoin(" | ", rows[r].Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).Append(" |\n");
            if (r == 0) text.Append("| ").AppendJoin(" | ", widths.Select((w, c) => c == 0 ? new string('-', w) : new string('-', w - 1) + ":")).Append(" |\n");
        }
        return text.ToString();
    }
}
