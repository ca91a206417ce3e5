using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Tests.Statistics;

public sealed class VerdictTests
{
    [Theory]
    [InlineData("Lower", new[] { 1.50, 1.52, 1.49 }, new[] { 1.60, 1.61, 1.60 }, "Confirmed")]
    [InlineData("Lower", new[] { 1.60, 1.61, 1.60 }, new[] { 1.50, 1.52, 1.49 }, "Refuted")]
    [InlineData("Higher", new[] { 1.60, 1.61, 1.60 }, new[] { 1.50, 1.52, 1.49 }, "Confirmed")]
    [InlineData("Higher", new[] { 1.50, 1.52, 1.49 }, new[] { 1.60, 1.61, 1.60 }, "Refuted")]
    [InlineData("Lower", new[] { 1.50, 1.70, 1.49 }, new[] { 1.60, 1.61, 1.60 }, "Inconclusive")]
    [InlineData("Lower", new[] { 1.50, 1.52 }, new[] { 1.60, 1.70 }, "Inconclusive")]
    [InlineData("Lower", new[] { 1.50 }, new[] { 9.99 }, "None")]
    [InlineData("Lower", new[] { double.NaN }, new[] { 9.99 }, "None")]
    [InlineData("Lower", new double[0], new double[0], "None")]
    public void The_side_of_the_whole_interval_decides(string direction, double[] treatment, double[] baseline, string expected)
    {
        Verdict verdict = Verdict.Decide("claim", Enum.Parse<Direction>(direction), treatment, baseline);
        Assert.Equal(Enum.Parse<Outcome>(expected), verdict.Outcome);
        Assert.Equal("claim", verdict.Claim);
        Assert.Equal(treatment.Length, verdict.N);
        Assert.NotEmpty(verdict.Reason);
    }

    [Theory]
    // The 90 % interval is mean ± 2.919986 sd/√3, the 95 % interval mean ± 4.302653 sd/√3; the claim is "lower".
    [InlineData(new[] { 0.001, -0.001, 0.002 }, "Equivalent", "the whole 90 % interval lies within ±0.01 nats")]
    [InlineData(new[] { 0.006, 0.0065, 0.007 }, "Equivalent", "the whole 90 % interval lies within ±0.01 nats, though the 95 % interval lies on the other side")]
    [InlineData(new[] { -0.006, -0.0065, -0.007 }, "Equivalent", "the whole 90 % interval lies within ±0.01 nats, though the 95 % interval lies on the claimed side")]
    [InlineData(new[] { -0.009, -0.010, -0.011 }, "Confirmed", "the whole 95 % interval lies on the claimed side")]
    [InlineData(new[] { 0.020, 0.021, 0.022 }, "Refuted", "the whole 95 % interval lies on the other side")]
    [InlineData(new[] { 0.010, -0.010, 0.002 }, "Inconclusive", "the 95 % interval holds 0, and the 90 % interval reaches beyond ±0.01 nats")]
    // sd 0.005: the 90 % interval is ±0.00843 around the mean, the 95 % interval ±0.01242: within the margin only where the mean is small.
    [InlineData(new[] { 0.0011, 0.0061, -0.0039 }, "Equivalent", "the whole 90 % interval lies within ±0.01 nats")]
    [InlineData(new[] { 0.0021, 0.0071, -0.0029 }, "Inconclusive", "the 95 % interval holds 0, and the 90 % interval reaches beyond ±0.01 nats")]
    public void The_margin_comes_before_the_side(double[] differences, string expected, string reason)
    {
        Verdict verdict = Verdict.Decide("claim", Direction.Lower, [.. differences.Select(d => 1.5 + d)], [1.5, 1.5, 1.5], new Margin(Margin.OfLoss, "nats"));
        Assert.Equal((Enum.Parse<Outcome>(expected), reason), (verdict.Outcome, verdict.Reason));
        Assert.NotEqual(Outcome.Equivalent, Verdict.Decide("claim", Direction.Lower, [.. differences.Select(d => 1.5 + d)], [1.5, 1.5, 1.5]).Outcome);
    }

    [Fact]
    public void One_seed_shows_its_difference_without_a_test()
    {
        Verdict verdict = Verdict.Decide("claim", Direction.Lower, [1.5], [1.7]);
        Assert.Equal(-0.2, verdict.Difference!.Value, 1e-12);
        Assert.Null(verdict.Test);
        Assert.Equal("1 seed, an interval needs at least 2", verdict.Reason);
    }

    [Fact]
    public void A_diverged_run_on_either_side_leaves_it_open_and_is_counted()
    {
        Verdict verdict = Verdict.Decide(
            "claim", Direction.Lower, [1.5, double.NaN, 1.5], [double.PositiveInfinity, double.NaN, 1.7]);
        Assert.Equal(Outcome.Inconclusive, verdict.Outcome);
        Assert.Equal("diverged runs: 1 of 3 of the treatment, 2 of 3 of the baseline", verdict.Reason);
        Assert.Null(verdict.Difference);
        Assert.Null(verdict.Test);
    }

    [Fact]
    public void Differences_that_do_not_vary_leave_it_open()
    {
        Verdict equal = Verdict.Decide("claim", Direction.Lower, [1.5, 1.6, 1.7], [1.5, 1.6, 1.7]);
        Assert.Equal(Outcome.Inconclusive, equal.Outcome);
        Assert.Equal(0, equal.Difference);
        Verdict shifted = Verdict.Decide("claim", Direction.Lower, [1.5, 1.5, 1.5], [1.7, 1.7, 1.7]);
        Assert.Equal(Outcome.Inconclusive, shifted.Outcome);
        Assert.Contains("do not vary", shifted.Reason, StringComparison.Ordinal);
        Assert.Equal(-0.2, shifted.Difference!.Value, 1e-12);
    }

    [Fact]
    public void Lists_of_different_lengths_are_refused() =>
        Assert.Throws<ArgumentException>(() => Verdict.Decide("claim", Direction.Lower, [1, 2], [1]));
}
