namespace MiniGrad.Experiments.Statistics;

/// <summary>On which side of 0 the claim puts treatment − baseline.</summary>
internal enum Direction
{
    /// <summary>The treatment's values are lower: of losses, the better ones.</summary>
    Lower,

    /// <summary>The treatment's values are higher.</summary>
    Higher,
}

/// <summary>What a comparison says about its claim.</summary>
internal enum Outcome
{
    /// <summary>Fewer than two seeds: nothing can be said.</summary>
    None,

    /// <summary>The interval holds 0, or could not be formed.</summary>
    Inconclusive,

    /// <summary>The whole interval lies on the claimed side.</summary>
    Confirmed,

    /// <summary>The whole interval lies on the other side.</summary>
    Refuted,
}

/// <summary>The outcome of a claim that was fixed before anything ran.</summary>
/// <param name="Claim">The claim in words.</param>
/// <param name="Outcome">What the runs say about it.</param>
/// <param name="Reason">One sentence: why this outcome.</param>
/// <param name="N">The number of pairs (seeds).</param>
/// <param name="Difference">The mean of treatment − baseline; null where a member is not finite, or there is no pair.</param>
/// <param name="Test">The paired test; null where none could be made.</param>
internal sealed record Verdict(string Claim, Outcome Outcome, string Reason, int N, double? Difference, PairedT? Test)
{
    /// <summary>Decides the claim that the treatment's values lie on the given side of the baseline's, seed by seed.</summary>
    /// <remarks>
    /// A pair with a diverged run (NaN or infinite) has no difference, and leaving it out would favour whatever diverges:
    /// so one such pair makes the outcome inconclusive, and the reason counts them per side. Differences that do not vary
    /// are inconclusive too: they form no interval, and hint that the seeds changed nothing.
    /// </remarks>
    /// <exception cref="ArgumentException">The two lists differ in length.</exception>
    /// <param name="claim">The claim in words.</param>
    /// <param name="direction">Where the claim puts the treatment.</param>
    /// <param name="treatment">The treatment's values.</param>
    /// <param name="baseline">The baseline's.</param>
    /// <param name="missing">What a run is of which there is no value.</param>
    public static Verdict Decide(string claim, Direction direction, ReadOnlySpan<double> treatment, ReadOnlySpan<double> baseline, string missing = "diverged runs")
    {
        PairedT? test = PairedT.Test(treatment, baseline);
        int n = treatment.Length;
        int divergedTreatment = CountDiverged(treatment), divergedBaseline = CountDiverged(baseline);
        double? difference = n == 0 || divergedTreatment + divergedBaseline > 0 ? null : Mean(treatment) - Mean(baseline);

        var (outcome, reason) = (n, test) switch
        {
            (0 or 1, _) => (Outcome.None, $"{n} seed{(n == 1 ? "" : "s")}, an interval needs at least 2"),
            (_, null) when difference is null => (Outcome.Inconclusive,
                $"{missing}: {divergedTreatment} of {n} of the treatment, {divergedBaseline} of {n} of the baseline"),
            (_, null) => (Outcome.Inconclusive, "the differences do not vary between the seeds, so they form no interval"),
            (_, { Lower: > 0 }) => Side(direction == Direction.Higher),
            (_, { Upper: < 0 }) => Side(direction == Direction.Lower),
            _ => (Outcome.Inconclusive, "the 95 % interval holds 0"),
        };
        return new Verdict(claim, outcome, reason, n, difference, test);
    }

    private static (Outcome, string) Side(bool claimed) => claimed
        ? (Outcome.Confirmed, "the whole 95 % interval lies on the claimed side")
        : (Outcome.Refuted, "the whole 95 % interval lies on the other side");

    private static double Mean(ReadOnlySpan<double> values) => Sample.Of(values).Mean;

    private static int CountDiverged(ReadOnlySpan<double> values)
    {
        int count = 0;
        foreach (double value in values)
            count += double.IsFinite(value) ? 0 : 1;
        return count;
    }
}
