using System.Globalization;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Experiments.Toys;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Theory;

/// <summary>The figures of <c>theory</c>.</summary>
internal static class TheoryFigures
{
    public static IReadOnlyList<(string File, Figure Figure)> All(TheoryResult result) =>
        [("figure.png", Gradients(result)), ("figure-plateau.png", Plateaus(result)), ("figure-inequality.png", Inequality(result))];

    private static Figure Gradients(TheoryResult result)
    {
        TheorySummary[] decaying = result.Decaying(0);
        SlopeCheck slope = result.Slopes.First();
        double[] t = Steps(decaying);
        Curve measured = LogCurve.OverSeeds("η₀/√t, least so far", t, [.. decaying.Select(r => r.Curve.Select(p => p.Least).ToArray())], "adamuon");
        double[] constants = [result.Settings.Constants[0], result.Settings.Constants[^1]];
        Curve[] plateaus = [.. constants.Select((eta, i) => LogCurve.OverSeeds(
            string.Create(CultureInfo.InvariantCulture, $"constant η = {eta}"), Steps(result.Constant(0, eta)), [.. result.Constant(0, eta).Select(r => r.Curve.Select(p => p.GradientNorm).ToArray())], i == 0 ? "adamuon-no-sign" : "adamw"))];
        int from = Array.FindIndex(t, step => step >= t[^1] / TheoryRecord.Window), last = t.Length - 1;
        // The prediction has a slope and no height; it is drawn above the curve where it starts, so that both can be seen.
        double height = 3 * measured.Mean[from];
        return new Figure
        {
            Title = "AdaMuon on ½‖AX − B‖²: gradient norm under both schedules",
            Subtitle = Finding(slope, result),
            XLabel = "step",
            YLabel = "‖∇f‖",
            XScale = AxisScale.Logarithmic,
            YScale = AxisScale.Logarithmic,
            Curves =
            [
                .. plateaus, measured,
                new Curve { Name = "slope −1/2", ColorKey = "muon", X = t[from..], Mean = [.. t[from..].Select(step => height * Math.Sqrt(t[from] / step))], Dashed = true },
            ],
            Caption = Caption(result) + string.Create(CultureInfo.InvariantCulture, $" Slope of the least norm so far, from step {t[from]:N0} to {t[last]:N0}: {Text(slope)}. Dashed: the predicted slope, drawn above."),
        };
    }

    private static Figure Plateaus(TheoryResult result)
    {
        double[] eta = [.. result.Settings.Constants.Order()];
        SlopeCheck slope = result.Plateau;
        Curve[] measured = [.. result.Settings.Noises.Select((noise, i) => LogCurve.OverSeeds(
            noise == 0 ? "measured" : string.Create(CultureInfo.InvariantCulture, $"with noise {noise}"), eta,
            [.. Enumerable.Range(0, result.Settings.Seeds).Select(seed => eta.Select(e => result.Constant(noise, e)[seed].Plateau).ToArray())], i == 0 ? "adamuon" : "adamw"))];
        return new Figure
        {
            Title = "AdaMuon on ½‖AX − B‖²: where a constant η ends",
            Subtitle = string.Create(CultureInfo.InvariantCulture, $"The plateau goes with η to the power {slope.Sample.Mean:F3}; predicted: 1"),
            XLabel = "η",
            YLabel = "mean ‖∇f‖ over the last half of the steps",
            XScale = AxisScale.Logarithmic,
            YScale = AxisScale.Logarithmic,
            Curves = [.. measured, new Curve { Name = "slope 1", ColorKey = "muon", X = eta, Mean = [.. eta.Select(e => 0.6 * measured[0].Mean[0] * e / eta[0])], Dashed = true }],
            Caption = Caption(result) + $" Exponent without noise: {Text(slope)}. Dashed: the predicted slope, drawn below. No exponent was predicted for noisy gradients.",
        };
    }

    private static Figure Inequality(TheoryResult result)
    {
        TheorySummary run = result.Runs.First(r => r.Plan is { Decays: true, Noise: 0 });
        double[] t = [.. run.Curve.Select(p => (double)p.T)];
        return new Figure
        {
            Title = "Both sides of the summed one-step inequality",
            Subtitle = string.Create(CultureInfo.InvariantCulture, $"{result.Runs.Sum(r => r.OneStepViolations)} violations of the one-step inequality in {result.TotalSteps:N0} steps, {result.Runs.Sum(r => r.AverageViolations)} of its sums"),
            XLabel = "step",
            YLabel = "mean of ⟨∇f, U⟩, weighted by η",
            XScale = AxisScale.Logarithmic,
            YScale = AxisScale.Logarithmic,
            Curves =
            [
                new Curve { Name = "right side", ColorKey = "muon", X = t, Mean = [.. run.Curve.Select(p => p.AverageBound)] },
                new Curve { Name = "left side", ColorKey = "adamuon", X = t, Mean = [.. run.Curve.Select(p => p.AverageDescent)] },
            ],
            Caption = "The first seed, η₀/√t, no noise. Left: Σ η⟨∇f, U⟩ / Σ η. Right: (f(X₁) − inf f + 0.02·L·mn·Σ η²) / Σ η. Where the left side is not positive there is a gap.",
        };
    }

    private static double[] Steps(TheorySummary[] runs) => [.. runs[0].Curve.Select(p => (double)p.T)];

    private static string Finding(SlopeCheck slope, TheoryResult result) => string.Create(CultureInfo.InvariantCulture,
        $"η₀/√t goes on falling with slope {slope.Sample.Mean:F3} (predicted −0.5); a constant η ends on a plateau ∝ η^{Sample.Of([.. result.PlateauSlopes(0)]).Mean:F3} (predicted 1)").Replace("-", "−", StringComparison.Ordinal);

    private static string Text(SlopeCheck s) => s.Interval is { } i
        ? string.Create(CultureInfo.InvariantCulture, $"{s.Sample.Mean:+0.000;−0.000}, 95 % interval [{i.Lower:+0.000;−0.000}, {i.Upper:+0.000;−0.000}], {(s.Matches == true ? "holds" : "does not hold")} {s.Predicted:+0.0;−0.0}")
        : string.Create(CultureInfo.InvariantCulture, $"{s.Sample.Mean:+0.000;−0.000}");

    private static string Caption(TheoryResult result) => string.Create(CultureInfo.InvariantCulture, $"12×8, float64, momentum 0.95, no weight decay, {result.Settings.Seeds} seed{(result.Settings.Seeds == 1 ? "" : "s")} (random problems); band: 95 % over the seeds.");
}
