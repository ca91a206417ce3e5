using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>A paired comparison beside the primary one, of final validation losses or of the claim's measure.</summary>
/// <param name="Arm">The arm's name; empty where there is one arm only.</param>
/// <param name="First">A variant.</param>
/// <param name="Second">The variant that it is compared with.</param>
/// <param name="Test">The paired test of first − second, or null where none can be made.</param>
internal sealed record Comparison(string Arm, string First, string Second, PairedT? Test)
{
    private const double Significant = 0.05;

    /// <summary>Its p after Holm's adjustment over all such comparisons; NaN without a test.</summary>
    public double AdjustedP { get; init; } = double.NaN;

    /// <summary>What difference does not matter; null for none.</summary>
    public Margin? Margin { get; init; }

    /// <summary>Whether a variant of the arm is better than a bigram model.</summary>
    public bool IsLearned { get; init; } = true;

    /// <summary>
    /// What it says of the first variant: <c>equivalent</c> where the whole 90 % interval lies within the margin, else <c>lower</c> or
    /// <c>higher</c> where the adjusted p is below 0.05, else <c>open</c>; <c>none</c> without a test, and where nothing was learned.
    /// </summary>
    public string Outcome => Test switch
    {
        null => "none",
        _ when !IsLearned => "none",
        { } test when Margin?.Holds(test) == true => "equivalent",
        { Difference: < 0 } when AdjustedP < Significant => "lower",
        _ when AdjustedP < Significant => "higher",
        _ => "open",
    };
}
