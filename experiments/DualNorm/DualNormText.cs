using System.Globalization;
using System.Text;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Experiments.Toys;

namespace MiniGrad.Experiments.DualNorm;

/// <summary>Table, report and data file of <c>dual-norm</c>.</summary>
internal static class DualNormText
{
    public static string Table(DualNormResult result)
    {
        List<string[]> rows = [["size", "η", "β", "numbers", .. DualNormRecord.Variants.Select(v => v.Name), "dual norm − Muon", "p (Holm)", "steps to 1 %: muon", "dual norm"]];
        IReadOnlyDictionary<DualNormCondition, double> adjusted = result.Adjusted;
        foreach (DualNormCondition c in result.Conditions)
        {
            Verdict verdict = result.Compare(c);
            rows.Add(
            [
                $"{c.Size}×{c.Size}{(c == DualNormRecord.Primary ? " (claim)" : "")}", Number(c.Rate, "G"), Number(c.Beta, "G"), c.Numbers,
                .. DualNormRecord.Variants.Select(v => Logarithm(result.Of(c, v))),
                Difference(verdict),
                adjusted.TryGetValue(c, out double p) ? double.IsNaN(p) ? "–" : Number(p, "G2") : verdict.Test is { } t ? $"{Number(t.P, "G2")} (not adjusted)" : "–",
                Steps(result.Of(c, DualNormRecord.Variants[0])), Steps(result.Of(c, DualNormRecord.Variants[1])),
            ]);
        }
        return MarkdownTable.Of(rows, left: 4);
    }

    public static string Sentence(DualNormResult result)
    {
        Verdict v = result.Verdict;
        string text = $"**{v.Outcome.ToString().ToLowerInvariant()}**: {v.Claim}? {char.ToUpperInvariant(v.Reason[0])}{v.Reason[1..]}.";
        return v.Test is { } t
            ? string.Create(CultureInfo.InvariantCulture, $"{text} Paired difference of log₁₀ loss {t.Difference:+0.00;−0.00;0.00}, 95 % interval [{t.Lower:+0.00;−0.00;0.00}, {t.Upper:+0.00;−0.00;0.00}], n = {t.N}, p = {t.P:G2}.")
            : text;
    }

    /// <summary>In how many conditions which of the two was ahead beyond doubt.</summary>
    public static string Count(DualNormResult result)
    {
        Outcome[] outcomes = [.. result.Conditions.Select(c => result.Compare(c).Outcome)];
        int same = result.Conditions.Count(c => result.Compare(c) is { Test: null, Difference: 0 });
        return $"Of {outcomes.Length} conditions dual-norm Muon (s ≤ 1) ends lower in {outcomes.Count(o => o == Outcome.Confirmed)}, Muon in {outcomes.Count(o => o == Outcome.Refuted)} (the whole 95 % interval, not adjusted); in {same} the two end at the same loss to the last digit.";
    }

    public static string Report(DualNormResult result) => $"""
        # {DualNormRecord.Toy.Name}

        {DualNormRecord.Toy.Question} {Sentence(result)}

        {Count(result)}

        ![figure](figure.png)

        {DualNormRecord.Toy.Explanation}

        ## Table

        log₁₀ of the loss (geometric mean over the last 5 % of {result.Settings.Steps:N0} steps), mean ± standard deviation over {result.Settings.Seeds} seeds. A run that ends above ten times its first loss has diverged. The last two columns are the first step at which the loss is at most 1 % of the first, where every seed has one.

        {Table(result).TrimEnd()}

        ## Figures

        {string.Join("\n\n", DualNormFigures.All(result).Skip(1).Select(f => $"![{f.Figure.Title}]({f.File}.png)"))}

        ## What to keep in mind

        - The minimum is reached exactly, where the gradient vanishes; there a step of fixed size must end on a plateau, and a decaying rate would help Muon as well. With noisy gradients the picture is another.
        - Muon and dual-norm Muon share η, β and Newton–Schulz, not the size of their steps: s is above 1 far from the minimum (bounded by 1 here) and below it near.
        - The author's code is optax, whose momentum is bias-corrected; the presets are not. The author's first loss at 128×128 is not known to us; here X₀ is scaled by 2/n.
        - Emulated bfloat16 rounds gradient, parameter and momentum once a step and Newton–Schulz' intermediate matrices; the loss is evaluated in float32 at the rounded parameter. AdamW's two moments are rounded likewise.
        - A loss below {DualNormOutcome.Floor:G} counts as that.

        """;

    public static string Curves(DualNormResult result)
    {
        var text = new StringBuilder("size,learningRate,beta,numbers,variant,seed,step,loss\n");
        foreach (DualNormOutcome run in result.Runs)
        {
            DualNormCondition c = run.Plan.Condition;
            foreach (int step in DualNormFigures.At(run.Plan.Steps)) text.Append(CultureInfo.InvariantCulture, $"{c.Size},{c.Rate},{c.Beta},{c.Numbers},{run.Plan.Variant.Name},{run.Plan.Seed},{step},{run.Losses[step]:G6}\n");
        }
        return text.ToString();
    }

    private static string Logarithm(DualNormOutcome[] runs)
    {
        if (runs.Any(r => r.Diverged)) return "diverged";
        Sample sample = Sample.Of([.. runs.Select(r => r.LogFinal)]);
        return double.IsFinite(sample.StandardDeviation) ? $"{Signed(sample.Mean)} ± {Number(sample.StandardDeviation, "F2")}" : Signed(sample.Mean);
    }

    private static string Difference(Verdict v) => v.Test is { } t ? $"{Signed(t.Difference)} [{Signed(t.Lower)}, {Signed(t.Upper)}]" : v.Difference is { } d ? Signed(d) : "–";

    private static string Steps(DualNormOutcome[] runs) => runs.All(r => r.StepsToOnePercent is not null) ? Number(runs.Average(r => r.StepsToOnePercent!.Value), "F0") : "–";

    private static string Signed(double value) => value.ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
