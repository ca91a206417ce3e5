using System.Globalization;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting;

/// <summary>What Newton–Schulz makes of a singular value: composed polynomials on [1e-4, 1].</summary>
internal static class CoefficientFigure
{
    private const int Points = 4000;
    private static readonly double[] Sigmas = [.. Enumerable.Range(0, Points).Select(i => Math.Pow(10, -4 + (4.0 * i / (Points - 1))))];

    /// <summary>Every set that ships.</summary>
    public static Figure Shipped() => new()
    {
        Title = "What each coefficient set makes of a singular value",
        Subtitle = "σ = 1e-4 comes to 0.1 at best in 5 steps, to 1 in deepseek-v4's 10; aol-nvidia turns the largest around",
        Panels = [Of(-1.2, 1.4, [.. CoefficientSets.All.Select(set => Curve($"{set.Name} × {CoefficientSets.StepsOf(set)}", set, CoefficientSets.StepsOf(set), dashed: set.TurnsAt(CoefficientSets.StepsOf(set)) is not null))])],
        Caption = "The composed odd polynomials in float64, each with its usual number of steps. Dashed: refused.",
    };

    /// <summary>A design, beside Jordan's coefficients.</summary>
    public static Figure Designed(CoefficientDesign design, double cushion)
    {
        int steps = design.Steps;
        string lower = design.Lower.ToString("G3", CultureInfo.InvariantCulture);
        return new Figure
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"Minimax Newton–Schulz: {steps} steps for σ from {lower}"),
            Subtitle = string.Create(CultureInfo.InvariantCulture, $"Every σ in [{lower}, 1] ends in [{design.Smallest:F4}, {design.Largest:F4}]"),
            Panels = [Of(0, Math.Max(1.4, 1.05 * design.Largest), [Curve($"jordan × {steps}", CoefficientSets.Jordan, steps, dashed: true), Curve("designed", design.Coefficients, steps, dashed: false)])],
            Caption = cushion == 0 ? "Polar Express recurrence (arXiv 2505.16932) without cushion, in float64." : string.Create(CultureInfo.InvariantCulture, $"Polar Express recurrence (arXiv 2505.16932) with cushion {cushion:G4}, in float64."),
        };
    }

    private static Panel Of(double from, double to, Curve[] curves) => new()
    {
        XLabel = "singular value σ after the normalization",
        YLabel = "p(σ) after all steps",
        XScale = AxisScale.Logarithmic,
        YMin = from,
        YMax = to,
        Curves = curves,
        ReferenceLines = [new ReferenceLine("exact polar factor", 1)],
    };

    private static Curve Curve(string name, CoefficientSet set, int steps, bool dashed) =>
        new() { Name = name, X = Sigmas, Mean = [.. Sigmas.Select(sigma => set.Compose(steps, sigma))], Dashed = dashed };
}
