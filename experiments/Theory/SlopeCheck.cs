using System.Globalization;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Theory;

/// <summary>A measured exponent beside a predicted one.</summary>
/// <param name="Quantity">What falls or rises.</param>
/// <param name="Arm">Where it was measured.</param>
/// <param name="Predicted">The exponent that the theory gives; NaN where it gives none.</param>
/// <param name="Values">The measured exponents, one a seed.</param>
internal sealed record SlopeCheck(string Quantity, TheoryArm Arm, double Predicted, IReadOnlyList<double> Values)
{
    /// <summary>How far an exponent may be from its prediction and still be called it.</summary>
    public const double Margin = 0.05;

    private PairedT? Test { get; } = PairedT.Test([.. Values], new double[Values.Count]);

    public Sample Sample => Sample.Of([.. Values]);

    /// <summary>The 95 % interval of the mean exponent; null for one seed, or for seeds that do not differ.</summary>
    public (double Lower, double Upper)? Interval => Test?.Interval(0.95);

    /// <summary>
    /// Confirmed where the whole 90 % interval lies within the margin of the prediction, refuted where the whole 95 % interval lies
    /// beyond it, else inconclusive; none for one seed, and null without a prediction.
    /// </summary>
    public Outcome? Outcome
    {
        get
        {
            if (double.IsNaN(Predicted)) return null;
            if (Test is null) return Values.Count < 2 ? Statistics.Outcome.None : Statistics.Outcome.Inconclusive;
            ((double low, double high), (double lower, double upper)) = (Test.Interval(Statistics.Margin.Level), Test.Interval(0.95));
            if (Predicted - Margin < low && high < Predicted + Margin) return Statistics.Outcome.Confirmed;
            return lower > Predicted + Margin || upper < Predicted - Margin ? Statistics.Outcome.Refuted : Statistics.Outcome.Inconclusive;
        }
    }

    /// <summary>The measured exponent and its intervals in words.</summary>
    public override string ToString() => Test is { } t && t.Interval(Statistics.Margin.Level) is var (low, high)
        ? string.Create(CultureInfo.InvariantCulture, $"measured {t.Difference:+0.000;−0.000;0.000}, 90 % interval [{low:+0.000;−0.000;0.000}, {high:+0.000;−0.000;0.000}], 95 % interval [{t.Lower:+0.000;−0.000;0.000}, {t.Upper:+0.000;−0.000;0.000}], predicted {Predicted:+0.0;−0.0;0.0} ± {Margin}, n = {t.N}")
        : "no interval: it takes two seeds that differ";
}
