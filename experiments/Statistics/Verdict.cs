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
    /// <summary>Nothing can be said: fewer than two seeds, or no variant has learned more than a bigram model knows.</summary>
    None,

    /// <summary>The interval holds 0 and reaches beyond the margin, or could not be formed.</summary>
    Inconclusive,

    /// <summary>The whole 90 % interval lies within the margin: whatever its sign, a difference is too small to matter.</summary>
    Equivalent,

    /// <summary>The whole 95 % interval lies on the claimed side, and the 90 % interval not within the margin.</summary>
    Confirmed,

    /// <summary>The whole 95 % interval lies on the other side, likewise.</summary>
    Refuted,
}

/// <summary>The outcome of a claim that was fixed before anything ran.</summary>
/// <param name="Claim">The claim in words.</param>
/// <param name="Outcome">What the runs say about it.</param>
/// <param name="Reason">One sentence: why this outcome.</param>
/// <param name="N">The number of pairs (seeds).</param>
/// <param name="Difference">The mean of treatment − baseline; null where a member is not finite, or there is no pair.</param>
/// <param name="Test">The paired test; null where none could be made.</param>
/// <param name="Margin">What difference does not matter; null where the record names none.</param>
internal sealed record Verdict(string Claim, Outcome Outcome, string Reason, int N, double? Difference, PairedT? Test, Margin? Margin = null)
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
    /// <param name="margin">What difference does not matter; null for none.</param>
    public static Verdict Decide(string claim, Direction direction, ReadOnlySpan<double> treatment, ReadOnlySpan<double> baseline, Margin? margin = null)
    {
        if (PairedT.Test(treatment, baseline) is { } test) return Decide(claim, direction, test, margin);
        int n = treatment.Length, divergedTreatment = CountDiverged(treatment), divergedBaseline = CountDiverged(baseline);
        double? difference = n == 0 || divergedTreatment + divergedBaseline > 0 ? null : Mean(treatment) - Mean(baseline);
        var (outcome, reason) = n switch
        {
            0 or 1 => (Outcome.None, $"{n} seed{(n == 1 ? "" : "s")}, an interval needs at least 2"),
            _ when difference is null => (Outcome.Inconclusive, $"diverged runs: {divergedTreatment} of {n} of the treatment, {divergedBaseline} of {n} of the baseline"),
            _ => (Outcome.Inconclusive, "the differences do not vary between the seeds, so they form no interval"),
        };
        return new Verdict(claim, outcome, reason, n, difference, null, margin);
    }

    /// <summary>Decides the claim by a test that was made.</summary>
    /// <remarks>The margin comes first: a difference within it is <see cref="Outcome.Equivalent"/>, also where its 95 % interval leaves out 0.</remarks>
    /// <param name="claim">The claim in words.</param>
    /// <param name="direction">Where the claim puts the difference.</param>
    /// <param name="test">The test.</param>
    /// <param name="margin">What difference does not matter; null for none.</param>
    public static Verdict Decide(string claim, Direction direction, PairedT test, Margin? margin = null)
    {
        string? side = test switch
        {
            { Lower: > 0 } => direction == Direction.Higher ? Claimed : Other,
            { Upper: < 0 } => direction == Direction.Lower ? Claimed : Other,
            _ => null,
        };
        var (outcome, reason) = (margin?.Holds(test), side) switch
        {
            (true, null) => (Outcome.Equivalent, $"the whole 90 % interval lies within {margin}"),
            (true, _) => (Outcome.Equivalent, $"the whole 90 % interval lies within {margin}, though the 95 % interval lies {side}"),
            (_, Claimed) => (Outcome.Confirmed, $"the whole 95 % interval lies {Claimed}"),
            (_, Other) => (Outcome.Refuted, $"the whole 95 % interval lies {Other}"),
            (false, _) => (Outcome.Inconclusive, $"the 95 % interval holds 0, and the 90 % interval reaches beyond {margin}"),
            _ => (Outcome.Inconclusive, "the 95 % interval holds 0"),
        };
        return new Verdict(claim, outcome, reason, test.N, test.Difference, test, margin);
    }

    private const string Claimed = "on the claimed side", Other = "on the other side";

    private static double Mean(ReadOnlySpan<double> values) => Sample.Of(values).Mean;

    private static int CountDiverged(ReadOnlySpan<double> values)
    {
        int count = 0;
        foreach (double value in values)
            count += double.IsFinite(value) ? 0 : 1;
        return count;
    }
}
