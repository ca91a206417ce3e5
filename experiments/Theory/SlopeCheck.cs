using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Theory;

/// <summary>A measured exponent beside a predicted one.</summary>
/// <param name="Quantity">What falls or rises.</param>
/// <param name="Arm">Where it was measured.</param>
/// <param name="Predicted">The exponent that the theory gives; NaN where it gives none for this arm.</param>
/// <param name="Values">The measured exponents, one a seed.</param>
internal sealed record SlopeCheck(string Quantity, string Arm, double Predicted, IReadOnlyList<double> Values)
{
    private PairedT? Test { get; } = PairedT.Test([.. Values], new double[Values.Count]);

    public Sample Sample => Sample.Of([.. Values]);

    /// <summary>The 95 % interval of the mean exponent; null for one seed, or for seeds that do not differ.</summary>
    public (double Lower, double Upper)? Interval => Test is { } test ? (test.Lower, test.Upper) : null;

    /// <summary>Whether the interval holds the prediction; null where one of the two is missing.</summary>
    public bool? Matches => double.IsNaN(Predicted) || Interval is not { } i ? null : i.Lower <= Predicted && Predicted <= i.Upper;
}
