namespace MiniGrad.Experiments.Statistics;

/// <summary>Names of what is compared besides the final validation loss.</summary>
internal static class Measures
{
    /// <summary>The tokens to come down to the baseline's final training loss, of the same seed.</summary>
    public const string TokensToBaseline = "tokens to the baseline's loss";
}
