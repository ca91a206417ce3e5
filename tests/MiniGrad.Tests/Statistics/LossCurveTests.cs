using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Tests.Statistics;

public sealed class LossCurveTests
{
    private static readonly LossCurve Falling = new([0, 100, 200, 300], [5, 4, 2, 1]);

    [Theory]
    [InlineData(6, 0.0)]
    [InlineData(5, 0.0)]
    [InlineData(4, 100.0)]
    [InlineData(3, 150.0)]
    [InlineData(1.25, 275.0)]
    [InlineData(1, 300.0)]
    [InlineData(0.99, null)]
    [InlineData(double.NaN, null)]
    public void Tokens_to_a_loss_lie_on_the_line_between_points(double loss, double? expected) =>
        Assert.Equal(expected, Falling.TokensToReach(loss));

    [Fact]
    public void The_first_time_counts() =>
        Assert.Equal(50, new LossCurve([0, 100, 200, 300], [5, 3, 5, 2]).TokensToReach(4));

    [Fact]
    public void Smoothing_is_centred_and_cut_off_at_the_ends()
    {
        LossCurve smooth = new LossCurve([0, 1, 2, 3, 4], [10, 4, 1, 4, 7]).Smoothed(3);
        Assert.Equal(0, smooth.TokensToReach(7));
        Assert.Equal(1, smooth.TokensToReach(5));
        Assert.Equal(2, smooth.TokensToReach(3));
        Assert.Null(smooth.TokensToReach(2.99));
        Assert.Equal(5.5, smooth.Final);
        Assert.Equal(5.2, new LossCurve([0, 1, 2, 3, 4], [10, 4, 1, 4, 7]).Smoothed(99).Final, 1e-12);
        Assert.Throws<ArgumentException>(() => smooth.Smoothed(2));
        Assert.Throws<ArgumentException>(() => smooth.Smoothed(-1));
    }

    [Fact]
    public void A_curve_reaches_its_own_final_loss_at_its_end_and_a_better_one_earlier()
    {
        double[] tokens = [.. Enumerable.Range(0, 101).Select(i => i * 10.0)];
        var baseline = new LossCurve(tokens, [.. tokens.Select(t => 5 - t / 500)]);
        var faster = new LossCurve(tokens, [.. tokens.Select(t => 5 - t / 250)]);
        Assert.Equal(1000, baseline.TokensToReachFinalOf(baseline));
        Assert.Equal(500, faster.TokensToReachFinalOf(baseline)!.Value, 1e-9);
        Assert.Null(baseline.TokensToReachFinalOf(faster));
        Assert.Equal(1000, baseline.TokensToReachFinalOf(baseline, window: 11)!.Value, 1e-9);
        Assert.Null(baseline.TokensToReachFinalOf(faster, window: 11));
    }

    [Fact]
    public void A_diverged_curve_reaches_nothing_after_it_diverged()
    {
        var diverged = new LossCurve([0, 100, 200, 300], [5, double.NaN, 2, 1]);
        Assert.Null(diverged.TokensToReach(3));
        Assert.Equal(0, diverged.TokensToReach(5));
        var baseline = new LossCurve([0, 100], [5, double.NaN]);
        Assert.Null(Falling.TokensToReachFinalOf(baseline));
    }

    [Fact]
    public void Curves_need_ascending_points()
    {
        Assert.Throws<ArgumentException>(() => new LossCurve([], []));
        Assert.Throws<ArgumentException>(() => new LossCurve([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => new LossCurve([1, 1], [2, 1]));
        Assert.Throws<ArgumentException>(() => new LossCurve([1, double.NaN], [2, 1]));
    }
}
