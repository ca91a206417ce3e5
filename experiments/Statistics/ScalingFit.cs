using MathNet.Numerics;

namespace MiniGrad.Experiments.Statistics;

/// <summary>A power law of the loss over the work, L = A·C^−b, by least squares in logarithms.</summary>
/// <param name="LogFactor">ln A.</param>
/// <param name="Exponent">b; above 0 where more work lowers the loss.</param>
internal sealed record ScalingFit(double LogFactor, double Exponent)
{
    /// <summary>The fit, or null for fewer than two sizes, or a loss that is not positive and finite.</summary>
    /// <param name="work">C, one a size.</param>
    /// <param name="loss">The mean loss at it.</param>
    public static ScalingFit? Of(IReadOnlyList<double> work, IReadOnlyList<double> loss)
    {
        if (work.Distinct().Count() < 2 || loss.Any(l => !(l > 0 && double.IsFinite(l)))) return null;
        (double intercept, double slope) = Fit.Line([.. work.Select(w => Math.Log(w))], [.. loss.Select(l => Math.Log(l))]);
        return new ScalingFit(intercept, -slope);
    }

    /// <summary>The loss at an amount of work.</summary>
    public double At(double work) => Math.Exp(LogFactor - (Exponent * Math.Log(work)));

    /// <summary>
    /// How many times the work the fitted optimizer needs to come from its own loss to another's, seed by seed, with the 95 % interval
    /// of the mean logarithm; the uncertainty of the exponent is not in it.
    /// </summary>
    /// <param name="own">Its losses at a size.</param>
    /// <param name="others">The other's, of the same seeds.</param>
    public (double Factor, double? Lower, double? Upper) SpeedUp(ReadOnlySpan<double> own, ReadOnlySpan<double> others)
    {
        var logs = new double[own.Length];
        for (int i = 0; i < logs.Length; i++) logs[i] = Math.Log(own[i] / others[i]) / Exponent;
        MeanInterval? interval = MeanInterval.Of(logs);
        return interval is null ? (double.NaN, null, null) : (Math.Exp(interval.Mean), Exp(interval.Lower), Exp(interval.Upper));

        static double? Exp(double? log) => log is { } value ? Math.Exp(value) : null;
    }
}
