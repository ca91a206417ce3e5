namespace MiniGrad.Experiments.Statistics;

/// <summary>
/// How many tokens a treatment needs to come down to the baseline's final training loss, seed by seed (the AdaMuon paper's
/// Table 1, arXiv 2507.11005, which gives the saving against AdamW).
/// </summary>
/// <remarks>
/// Both curves of a seed are smoothed alike by a centred local line, which leaves a straight line as it is up to its end: a
/// moving average would lag there and credit the treatment with the lag. The first crossing counts, on the straight line
/// between neighbouring points, and noise makes it early; so it does for the baseline, whose own first crossing is what a
/// saving is measured against: a baseline saves nothing against itself. A run that never comes down there is a censored
/// observation and no missing one: it counts with the tokens of the whole run, so that means are restricted means
/// (E[min(tokens, the run's length)]). They are below what is needed, and savings above what is saved.
/// </remarks>
/// <param name="Tokens">The tokens needed, one entry a seed; those of the whole run where the loss was not reached.</param>
/// <param name="IsReached">Whether the loss was reached, one entry a seed.</param>
/// <param name="Savings">100·(1 − tokens needed / tokens at which the baseline itself first comes down there), one entry a seed.</param>
/// <param name="Length">The tokens of a whole run.</param>
internal sealed record TokensToBaseline(IReadOnlyList<double> Tokens, IReadOnlyList<bool> IsReached, IReadOnlyList<double> Savings, double Length)
{
    /// <summary>The number of seeds.</summary>
    public int N => Tokens.Count;

    /// <summary>The number of seeds whose curve reached the loss.</summary>
    public int Reached => IsReached.Count(reached => reached);

    /// <summary>Whether every seed's did, so that the means are no bounds but what is needed and saved.</summary>
    public bool IsComplete => Reached == N;

    /// <summary>Mean and interval of the tokens; where a run is censored, of a lower bound.</summary>
    public MeanInterval Needed => MeanInterval.Of([.. Tokens])!.Within(0, Length);

    /// <summary>Mean and interval of the savings, in percent; where a run is censored, of an upper bound.</summary>
    public MeanInterval Saving => MeanInterval.Of([.. Savings])!.Within(double.NegativeInfinity, 100);

    /// <summary>Compares the curves of equal seeds, in equal places of the two lists.</summary>
    /// <param name="treatment">The treatment's training losses as logged, one curve a seed; null of a run that broke off, which never reaches anything.</param>
    /// <param name="baseline">The baseline's, of whole runs.</param>
    /// <param name="window">Points that a smoothed value is taken from, an odd number; 1 for none. <see cref="WindowFor"/> suggests one.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, or the window is not a positive odd number.</exception>
    public static TokensToBaseline Of(IReadOnlyList<LossCurve?> treatment, IReadOnlyList<LossCurve> baseline, int window)
    {
        if (treatment.Count != baseline.Count || baseline.Count == 0)
            throw new ArgumentException($"{treatment.Count} treatment curves and {baseline.Count} baseline curves cannot be paired");
        if (window < 1 || window % 2 == 0)
            throw new ArgumentException($"the window is {window}, expected an odd number of points");

        LossCurve[] targets = [.. baseline.Select(b => Smooth(b, window))];
        double?[] reached = [.. treatment.Zip(targets, (t, target) => t is null ? null : Smooth(t, window).TokensToReach(target.Final))];
        double[] tokens = [.. reached.Zip(targets, (needed, target) => needed ?? target.Tokens[^1])];
        double[] savings = [.. tokens.Zip(targets, (needed, target) => 100 * (1 - needed / (target.TokensToReach(target.Final) ?? target.Tokens[^1])))];
        return new TokensToBaseline(tokens, [.. reached.Select(needed => needed is not null)], savings, targets.Max(target => target.Tokens[^1]));
    }

    /// <summary>A twentieth of the curve's points, rounded to an odd number.</summary>
    public static int WindowFor(int points) => Math.Max(1, points / 20) | 1;

    private static LossCurve Smooth(LossCurve curve, int window) => new([.. curve.Tokens], Smoothing.Centred(curve.Losses, window / 2));
}
