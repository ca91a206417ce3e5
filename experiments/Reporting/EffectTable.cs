using System.Globalization;
using System.Text;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>The effects of a factorial as a Markdown table: main effects and two-way interactions.</summary>
internal static class EffectTable
{
    /// <summary>Effects of more factors stand in the JSON only.</summary>
    public const int HighestOrder = 2;

    /// <summary>What the table's columns mean.</summary>
    public static string Explanation(ExperimentResult result) =>
        $"Effects on the final validation loss, in nats, by one linear model with the seed as block and all effects and interactions: *with − without*, averaged over the other switches; *a × b*: the effect of a with b minus that without b. p adjusted by Holm's method over all effects but the claim's, those of three and more switches among them. *equivalent*: the whole 90 % interval lies within {new Margin(Margin.OfLoss, Measures.UnitOf(null))}; *lower*, *higher*: adjusted p below 0.05; *open*: neither. The error is *pooled* from the residuals of all variants where their variances may be equal (Brown–Forsythe, p ≥ 0.1), else of the effect's *own* values, one a seed.{(result.Effects.All(e => e.IsLearned) ? "" : " *none*: no variant of the arm ends below the bigram model.")}";

    public static string Of(ExperimentResult result)
    {
        bool arms = result.Arms.Count > 1;
        var text = new StringBuilder($"{(arms ? "| arm " : "")}| effect | nats | 95 % interval | p | error | says |\n{(arms ? "| --- " : "")}| --- | ---: | ---: | ---: | --- | --- |\n");
        foreach (EffectResult e in result.Effects.Where(e => e.Order <= HighestOrder))
        {
            PairedT t = e.Test!;
            string p = e.IsClaimed ? string.Create(CultureInfo.InvariantCulture, $"{t.P:G2} (claim)") : e.AdjustedP.ToString("G2", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{(arms ? $"| {e.Arm} " : "")}| {e.Name} | {Signed(t.Difference)} | [{Signed(t.Lower)}, {Signed(t.Upper)}] | {p} | {(t.Pooled ? "pooled" : "own")} | {e.Outcome} |\n");
        }
        return text.ToString();
    }

    private static string Signed(double value) => value.ToString(Measures.FormatOf(null, signed: true), CultureInfo.InvariantCulture);
}
