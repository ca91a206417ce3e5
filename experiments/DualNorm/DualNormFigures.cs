using System.Globalization;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Experiments.Toys;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.DualNorm;

/// <summary>The figures of <c>dual-norm</c>: sizes and rates at the claim's β in float32, and the same for the other numbers and βs.</summary>
internal static class DualNormFigures
{
    private const int Points = 100;

    public static IReadOnlyList<(string File, Figure Figure)> All(DualNormResult result) =>
    [
        .. from half in (bool[])[false, true]
           from beta in result.Settings.Betas.OrderDescending()
           select (File(beta, half), Of(result, beta, half)),
    ];

    /// <summary>The steps that are drawn and written: 0 and steps at equal distances.</summary>
    public static IEnumerable<int> At(int steps) => Enumerable.Range(0, Math.Min(Points, steps) + 1).Select(i => (int)((long)i * steps / Math.Min(Points, steps)));

    private static bool IsPrimary(double beta, bool half) => beta == DualNormRecord.Primary.Beta && half == DualNormRecord.Primary.BFloat16;

    private static string File(double beta, bool half) => IsPrimary(beta, half) ? "figure" : string.Create(CultureInfo.InvariantCulture, $"figure-{(half ? "bfloat16" : "float32")}-beta-{beta}");

    private static Figure Of(DualNormResult result, double beta, bool half)
    {
        DualNormCondition[] conditions = [.. result.Conditions.Where(c => c.Beta == beta && c.BFloat16 == half)];
        string seeds = $"{result.Settings.Seeds} seed{(result.Settings.Seeds == 1 ? "" : "s")}";
        return new Figure
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"‖I − XᵀX‖² by Muon with and without the dual norm: β = {beta}, {(half ? "emulated bfloat16" : "float32")}"),
            Subtitle = Finding(result, conditions),
            Panels = [.. conditions.Select(c => Of(result, c))],
            Columns = 2,
            Caption = $"Constant learning rate, {seeds} (initial matrices): geometric means, thin: seeds; equal lines cover each other. dual-norm-muon bounds s = ⟨U,O⟩ by 1, the unclipped one does not; a line that ends has diverged."
                + (IsPrimary(beta, half) ? $" Verdict: {DualNormText.Sentence(result).Replace("**", "", StringComparison.Ordinal)}" : ""),
        };
    }

    private static Panel Of(DualNormResult result, DualNormCondition c)
    {
        int[] at = [.. At(result.Settings.Steps)];
        double[] x = [.. at.Select(step => (double)step)];
        return new Panel
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"{c.Size}×{c.Size}, η = {c.Rate}"),
            XLabel = "step",
            YLabel = "loss",
            YScale = AxisScale.Logarithmic,
            YMax = 1e4,
            // The claim's variant is on top: it meets Muon far from the minimum and the unclipped one near it.
            Curves = [.. DualNormRecord.Variants.OrderBy(v => v == DualNormRecord.Variants[1]).Select(v => LogCurve.OverSeeds(v.Name, x, [.. result.Of(c, v).Select(r => at.Select(step => Drawn(r.Losses[step])).ToArray())], v.ColorKey) with { Low = null, High = null })],
        };
    }

    private static double Drawn(double loss) => double.IsFinite(loss) ? Math.Max(loss, DualNormOutcome.Floor) : double.NaN;

    /// <summary>Where the dual norm, bounded by 1, ended below Muon beyond doubt, and where above.</summary>
    private static string Finding(DualNormResult result, DualNormCondition[] conditions)
    {
        string[] Where(Outcome outcome) => [.. conditions.Where(c => result.Compare(c).Outcome == outcome).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Size}×{c.Size} with η = {c.Rate}"))];
        string[] lower = Where(Outcome.Confirmed), higher = Where(Outcome.Refuted);
        return (lower.Length, higher.Length) switch
        {
            (0, 0) => "Bounded by 1, the dual norm changes nothing that can be told from chance here",
            (_, 0) => $"Bounded by 1, it ends below Muon at {string.Join(" and ", lower)}",
            (0, _) => $"Bounded by 1, it ends above Muon at {string.Join(" and ", higher)}",
            _ => $"Bounded by 1, it ends below Muon at {string.Join(" and ", lower)}, above at {string.Join(" and ", higher)}",
        };
    }
}
