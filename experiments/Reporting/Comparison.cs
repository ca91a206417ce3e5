using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>A difference beside the claim's, tested.</summary>
/// <param name="Arm">The arm's name; empty where there is one arm only.</param>
/// <param name="Test">Its test, or null where none can be made.</param>
internal abstract record TestedDifference(string Arm, PairedT? Test)
{
    private const double Significant = 0.05;

    /// <summary>Its p after Holm's adjustment over all such differences; NaN without a test.</summary>
    public double AdjustedP { get; init; } = double.NaN;

    /// <summary>What difference does not matter; null for none.</summary>
    public Margin? Margin { get; init; }

    /// <summary>Whether one of the variants that are compared is better than a bigram model.</summary>
    public bool IsLearned { get; init; } = true;

    /// <summary>
    /// What it says: <c>equivalent</c> where the whole 90 % interval lies within the margin, else <c>lower</c> or <c>higher</c> where the
    /// adjusted p is below 0.05, else <c>open</c>; <c>none</c> without a test, and where nothing was learned.
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

/// <summary>A paired comparison of two variants, of final validation losses or of the claim's measure: first − second.</summary>
/// <param name="Arm">The arm's name; empty where there is one arm only.</param>
/// <param name="First">A variant.</param>
/// <param name="Second">The variant that it is compared with.</param>
/// <param name="Test">The paired test, or null where none can be made.</param>
internal sealed record Comparison(string Arm, string First, string Second, PairedT? Test) : TestedDifference(Arm, Test);

/// <summary>An effect of a factorial on the final validation loss.</summary>
/// <param name="Arm">The arm's name; empty where there is one arm only.</param>
/// <param name="Name">The effect in words.</param>
/// <param name="Order">Of how many factors it is: 1 for a main effect.</param>
/// <param name="IsClaimed">Whether the claim is about it; its p is then not adjusted.</param>
/// <param name="Test">Its test.</param>
internal sealed record EffectResult(string Arm, string Name, int Order, bool IsClaimed, PairedT Test) : TestedDifference(Arm, Test);
