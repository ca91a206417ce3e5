using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Catalog;

/// <summary>
/// A two-level factorial: the variants are all combinations of the factors, and what is compared are effects and interactions by one linear
/// model of the final validation losses, in the first arm for the claim.
/// </summary>
/// <param name="Factors">What a variant has or lacks.</param>
/// <param name="Claim">The claim in words: about how much the first factor's effect on the loss changes where the second one is there.</param>
/// <param name="First">A factor.</param>
/// <param name="Second">Another.</param>
/// <param name="Direction">Where the claim puts that interaction.</param>
internal sealed record Factorial(IReadOnlyList<string> Factors, string Claim, string First, string Second, Direction Direction)
{
    /// <summary>The places of the claim's two factors.</summary>
    public IReadOnlyList<int> Claimed { get; } = [.. ((string[])[First, Second]).Select(name => Factors.TakeWhile(f => f != name).Count()).Order()];

    /// <summary>An effect in words: <c>sign × second moment</c>.</summary>
    public string NameOf(Effect effect) => string.Join(" × ", effect.Factors.Select(f => Factors[f]));
}
