using System.Globalization;

namespace MiniGrad.Experiments.Statistics;

/// <summary>The largest difference that does not matter, fixed in an experiment's record before anything runs.</summary>
/// <param name="Value">The difference, above 0.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Margin(double Value, string Unit)
{
    /// <summary>The margin of a loss where the record names no other, in nats.</summary>
    public const double OfLoss = 0.01;

    /// <summary>The level of the interval that decides: its two ends are two one-sided tests at 5 % (Schuirmann, J. Pharmacokinet. Biopharm. 15, 1987).</summary>
    public const double Level = 0.90;

    /// <summary>Whether the whole 90 % interval lies within ±<see cref="Value"/>.</summary>
    public bool Holds(PairedT test) => test.Interval(Level) is var (lower, upper) && -Value < lower && upper < Value;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"±{Value} {Unit}");
}
