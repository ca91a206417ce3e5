using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Theory;

/// <summary>What came out of a claim, and the sentence with its numbers.</summary>
internal sealed record TheoryClaim(string Claim, Outcome Outcome, string Reason);
