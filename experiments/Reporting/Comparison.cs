using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>A paired comparison beside the primary one, of final validation losses or of the claim's measure.</summary>
/// <param name="Arm">The arm's name; empty where there is one arm only.</param>
/// <param name="First">A variant.</param>
/// <param name="Second">The variant that it is compared with.</param>
/// <param name="Test">The paired test of first − second, or null where none can be made.</param>
/// <param name="AdjustedP">Its p after Holm's adjustment over all such comparisons; NaN without a test.</param>
internal sealed record Comparison(string Arm, string First, string Second, PairedT? Test, double AdjustedP);
