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
    public void A_diverged_curve_reaches_nothing_after_it_diverged()
    {
        var diverged = new LossCurve([0, 100, 200, 300], [5, double.NaN, 2, 1]);
        Assert.Null(diverged.TokensToReach(3));
        Assert.Equal(0, diverged.TokensToReach(5));
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
