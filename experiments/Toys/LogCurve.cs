using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Toys;

/// <summary>Curves for a logarithmic axis.</summary>
internal static class LogCurve
{
    /// <summary>
    /// The geometric mean over the seeds and its 95 % band, taken of logarithms: seeds that are a power of ten apart would else
    /// give a band that reaches below 0. A value that is not above 0 is a gap.
    /// </summary>
    public static Curve OverSeeds(string name, IReadOnlyList<double> x, IReadOnlyList<IReadOnlyList<double>> runs, string? colorKey = null)
    {
        Curve curve = Curve.OverSeeds(name, x, [.. runs.Select(run => Map(run, value => value > 0 ? Math.Log(value) : double.NaN))], colorKey);
        return curve with
        {
            Mean = Map(curve.Mean, Math.Exp),
            Low = curve.Low is { } low ? Map(low, Math.Exp) : null,
            High = curve.High is { } high ? Map(high, Math.Exp) : null,
            Runs = [.. curve.Runs.Select(run => Map(run, Math.Exp))],
        };
    }

    private static double[] Map(IReadOnlyList<double> values, Func<double, double> function) => [.. values.Select(function)];
}
