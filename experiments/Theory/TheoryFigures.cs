using System.Globalization;
using MiniGrad.Experiments.Toys;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Theory;

/// <summary>The figure of <c>theory</c>: both schedules, the plateau over η, and both sides of the summed inequality.</summary>
internal static class TheoryFigures
{
    public static IReadOnlyList<(string File, Figure Figure)> All(TheoryResult result) =>
    [
        ("figure", new Figure
        {
            Title = "AdaMuon on a smooth function that is not convex, and what its theorems say",
            Subtitle = Finding(result),
            Panels = [Schedules(result), Plateaus(result), Inequality(result)],
            Caption = string.Create(CultureInfo.InvariantCulture, $"12×8, float64, momentum 0.95, no weight decay, {result.Settings.Seeds} seed{(result.Settings.Seeds == 1 ? "" : "s")} (random problems; right: the first). Bands: 95 %. Dashed: predicted. Noise: standard deviation {TheoryRecord.Noisy.Noise} on every entry of every gradient. 95 % intervals, exact gradients: ‖∇f‖ over t {Text(result.Gradient(TheoryRecord.Exact))}; end over η {Text(result.Plateau(TheoryRecord.Exact))}; noisy: end over η {Text(result.Plateau(TheoryRecord.Noisy))}."),
        }),
    ];

    private static Panel Schedules(TheoryResult result)
    {
        TheorySummary[] decaying = result.Decaying(TheoryRecord.Exact);
        double[] t = Steps(decaying);
        Curve measured = Gradients("η₀/√t", "adamuon", decaying);
        double[] constants = [result.Settings.Constants[0], result.Settings.Constants[^1]];
        int from = Array.FindIndex(t, step => step >= t[^1] / TheoryRecord.Window);
        // The prediction has a slope and no height: it is drawn below the curve, so that both can be seen.
        double height = 0.5 * measured.Mean[from];
        return new Panel
        {
            Title = "both schedules",
            XLabel = "step",
            YLabel = "‖∇f‖",
            XScale = AxisScale.Logarithmic,
            YScale = AxisScale.Logarithmic,
            Curves =
            [
                .. constants.Select((eta, i) => Gradients(string.Create(CultureInfo.InvariantCulture, $"η = {eta}"), i == 0 ? "adamuon-no-sign" : "adamw", result.Constant(TheoryRecord.Exact, eta))),
                measured,
                new Curve { Name = "slope −1/2", ColorKey = "muon", X = t[from..], Mean = [.. t[from..].Select(step => height * Math.Sqrt(t[from] / step))], Dashed = true },
            ],
        };
    }

    private static Panel Plateaus(TheoryResult result)
    {
        double[] eta = [.. result.Settings.Constants.Order()];
        Curve[] measured = [.. ((TheoryArm[])[TheoryRecord.Exact, TheoryRecord.Noisy]).Select((arm, i) => LogCurve.OverSeeds(
            arm.Gradients, eta,
            [.. Enumerable.Range(0, result.Settings.Seeds).Select(seed => eta.Select(e => result.Constant(arm, e)[seed].Plateau).ToArray())], i == 0 ? "adamuon-no-second-moment" : "adamuon-no-alignment") with { Marks = true })];
        return new Panel
        {
            Title = "where a constant η ends",
            XLabel = "η",
            YLabel = "mean ‖∇f‖ at the end",
            XScale = AxisScale.Logarithmic,
            YScale = AxisScale.Logarithmic,
            Curves = [.. measured, new Curve { Name = "slope 1", ColorKey = "normuon", X = eta, Mean = [.. eta.Select(e => 0.6 * measured[0].Mean[0] * e / eta[0])], Dashed = true }],
        };
    }

    private static Panel Inequality(TheoryResult result)
    {
        TheorySummary run = result.Decaying(TheoryRecord.Exact)[0];
        double[] t = Steps([run]);
        return new Panel
        {
            Title = "the summed inequality",
            XLabel = "step",
            YLabel = "mean of ⟨∇f, U⟩",
            XScale = AxisScale.Logarithmic,
            YScale = AxisScale.Logarithmic,
            Curves =
            [
                new Curve { Name = "bound", ColorKey = "adamuon-repo", X = t, Mean = [.. run.Curve.Select(p => p.AverageBound)] },
                new Curve { Name = "η₀/√t", ColorKey = "adamuon", X = t, Mean = [.. run.Curve.Select(p => p.AverageDescent)] },
            ],
        };
    }

    private static Curve Gradients(string name, string colorKey, TheorySummary[] runs) =>
        LogCurve.OverSeeds(name, Steps(runs), [.. runs.Select(r => r.Curve.Select(p => p.GradientNorm).ToArray())], colorKey) with { Runs = [] };

    private static double[] Steps(TheorySummary[] runs) => [.. runs[0].Curve.Select(p => (double)p.T)];

    private static string Finding(TheoryResult result) => string.Create(CultureInfo.InvariantCulture,
        $"η₀/√t: ‖∇f‖ goes as t^{result.Gradient(TheoryRecord.Exact).Sample.Mean:F2} (predicted −0.5); constant η: as η^{result.Plateau(TheoryRecord.Exact).Sample.Mean:F2} (predicted 1), with noise as η^{result.Plateau(TheoryRecord.Noisy).Sample.Mean:F2}").Replace("-", "−", StringComparison.Ordinal);

    private static string Text(SlopeCheck s) => s.Interval is { } i
        ? string.Create(CultureInfo.InvariantCulture, $"[{i.Lower:+0.000;−0.000;0.000}, {i.Upper:+0.000;−0.000;0.000}] ({s.Outcome?.ToString().ToLowerInvariant()})")
        : string.Create(CultureInfo.InvariantCulture, $"{s.Sample.Mean:+0.000;−0.000;0.000}");
}
