using System.Globalization;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.DualNorm;

/// <summary>The figures of <c>dual-norm</c>: the claim's condition, and one a size and rate at the claim's β in float32.</summary>
internal static class DualNormFigures
{
    private const int Points = 100;

    public static IEnumerable<string> Names(DualNormResult result) => All(result).Select(f => f.File);

    public static IReadOnlyList<(string File, Figure Figure)> All(DualNormResult result) =>
    [
        ("figure.png", Of(result, DualNormRecord.Primary)),
        .. result.Conditions.Where(c => c.Beta == DualNormRecord.Primary.Beta && c != DualNormRecord.Primary).Select(c => (File(c), Of(result, c))),
    ];

    /// <summary>The steps that are drawn and written: 0 and steps at equal distances.</summary>
    public static IEnumerable<int> At(int steps) => Enumerable.Range(0, Math.Min(Points, steps) + 1).Select(i => (int)((long)i * steps / Math.Min(Points, steps)));

    private static string File(DualNormCondition c) => string.Create(CultureInfo.InvariantCulture, $"figure-{c.Size}-rate-{c.Rate}-{c.Numbers}.png");

    private static Figure Of(DualNormResult result, DualNormCondition c)
    {
        int[] at = [.. At(result.Settings.Steps)];
        Verdict verdict = result.Compare(c);
        return new Figure
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"‖I − XᵀX‖² at {c.Size}×{c.Size}, η = {c.Rate}, β = {c.Beta}, {c.Numbers}"),
            Subtitle = verdict.Difference is { } d
                ? string.Create(CultureInfo.InvariantCulture, $"Dual-norm Muon ends at 10^{d:+0.0;−0.0} times Muon's loss")
                : "Not every run of the two ends",
            XLabel = "step",
            YLabel = "loss",
            YScale = AxisScale.Logarithmic,
            YMin = 1e-15,
            Curves = [.. DualNormRecord.Variants.Select(v => Curve(v, at, result.Of(c, v)))],
            Caption = string.Create(CultureInfo.InvariantCulture, $"Constant learning rate, {result.Settings.Seeds} seed{(result.Settings.Seeds == 1 ? "" : "s")} (initial matrices), lines: means of the seeds' logarithms, thin: seeds. {DualNormText.Sentence(result).Replace("**", "", StringComparison.Ordinal)}"),
        };
    }

    private static Curve Curve(DualNormVariant variant, int[] at, DualNormOutcome[] runs)
    {
        double[][] losses = [.. runs.Select(r => at.Select(step => r.Losses[step]).ToArray())];
        return new Curve
        {
            Name = variant.Name,
            ColorKey = variant.ColorKey,
            X = [.. at.Select(step => (double)step)],
            Mean = [.. at.Select((_, i) => Math.Pow(10, losses.Average(l => Math.Log10(Math.Max(l[i], DualNormOutcome.Floor)))))],
            Runs = losses.Length > 1 ? losses : [],
        };
    }
}
