using System.Globalization;

namespace MiniGrad.Experiments.Statistics;

/// <summary>
/// How many tokens a treatment needs to come down to the baseline's final training loss, seed by seed (the AdaMuon paper's
/// Table 1, arXiv 2507.11005, which gives the saving against AdamW).
/// </summary>
/// <remarks>
/// Both curves of a seed are smoothed alike by a centred local line, which leaves a straight line as it is up to its end: a
/// moving average would lag there and credit the treatment with the lag. The first crossing counts, on the straight line
/// between neighbouring points, and noise makes it early; so it does for the baseline, whose own first crossing is what a
/// saving is measured against: a baseline saves nothing against itself.
/// </remarks>
/// <param name="Tokens">The tokens needed, one entry a seed; null where the loss was not reached.</param>
/// <param name="Savings">100·(1 − tokens needed / tokens at which the baseline itself first comes down there), one entry a seed; null where the loss was not reached.</param>
/// <param name="Needed">Mean and interval of the tokens; null unless every seed reached the loss: a mean over the rest would flatter.</param>
/// <param name="Saving">Mean and interval of the savings, in percent; null likewise.</param>
internal sealed record TokensToBaseline(IReadOnlyList<double?> Tokens, IReadOnlyList<double?> Savings, MeanInterval? Needed, MeanInterval? Saving)
{
    /// <summary>The number of seeds.</summary>
    public int N => Tokens.Count;

    /// <summary>The number of seeds whose curve reached the loss.</summary>
    public int Reached => Tokens.Count(tokens => tokens is not null);

    /// <summary>Compares the curves of equal seeds, in equal places of the two lists.</summary>
    /// <param name="treatment">The treatment's training losses as logged, one curve a seed.</param>
    /// <param name="baseline">The baseline's.</param>
    /// <param name="window">Points that a smoothed value is taken from, an odd number; 1 for none. <see cref="WindowFor"/> suggests one.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or the window is not a positive odd number.</exception>
    public static TokensToBaseline Of(IReadOnlyList<LossCurve> treatment, IReadOnlyList<LossCurve> baseline, int window)
    {
        if (treatment.Count != baseline.Count)
            throw new ArgumentException($"{treatment.Count} treatment curves and {baseline.Count} baseline curves cannot be paired");
        if (window < 1 || window % 2 == 0)
            throw new ArgumentException($"the window is {window}, expected an odd number of points");

        LossCurve[] targets = [.. baseline.Select(b => Smooth(b, window))];
        double?[] tokens = [.. treatment.Zip(targets, (t, target) => Smooth(t, window).TokensToReach(target.Final))];
        double?[] savings = [.. tokens.Zip(targets, (needed, target) => needed is { } count && target.TokensToReach(target.Final) is { } own ? 100 * (1 - count / own) : (double?)null)];
        return new TokensToBaseline(tokens, savings, Interval(tokens), Interval(savings));
    }

    /// <summary>A twentieth of the curve's points, rounded to an odd number.</summary>
    public static int WindowFor(int points) => Math.Max(1, points / 20) | 1;

    /// <summary>The saving in words: its mean and interval, or how many seeds reached the loss.</summary>
    public override string ToString() => Saving switch
    {
        null => string.Create(CultureInfo.InvariantCulture, $"{Reached} of {N} seeds reached the baseline's final loss"),
        { Lower: { } lower, Upper: { } upper } => string.Create(CultureInfo.InvariantCulture, $"{Saving.Mean:F1} % of the tokens saved (95 % interval {lower:F1} … {upper:F1}, n = {N})"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Saving.Mean:F1} % of the tokens saved (no interval, n = {N})"),
    };

    private static LossCurve Smooth(LossCurve curve, int window) => new([.. curve.Tokens], Smoothing.Centred(curve.Losses, window / 2));

    private static MeanInterval? Interval(double?[] values) =>
        values.All(value => value is not null) ? MeanInterval.Of([.. values.Select(value => value!.Value)]) : null;
}
