using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Tests.Statistics;

public sealed class HolmTests
{
    [Theory]
    // By hand: sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1, then the running maximum.
    [InlineData(new[] { 0.04, 0.01, 0.03, 0.02 }, new[] { 0.06, 0.04, 0.06, 0.06 })]
    [InlineData(new[] { 0.001, 0.2, 0.9 }, new[] { 0.003, 0.4, 0.9 })]
    [InlineData(new[] { 0.6, 0.7 }, new[] { 1.0, 1.0 })]
    [InlineData(new[] { 0.03 }, new[] { 0.03 })]
    [InlineData(new double[0], new double[0])]
    public void Adjusted_values_are_the_step_down_ones(double[] p, double[] expected)
    {
        double[] adjusted = Holm.Adjust(p);
        Assert.Equal(expected.Length, adjusted.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], adjusted[i], 1e-15);
    }

    [Fact]
    public void A_comparison_without_a_test_stays_without_and_counts()
    {
        double[] adjusted = Holm.Adjust(0.01, double.NaN, 0.04);
        Assert.Equal(0.03, adjusted[0], 1e-15);
        Assert.True(double.IsNaN(adjusted[1]));
        Assert.Equal(0.08, adjusted[2], 1e-15);
    }

    [Fact]
    public void Values_outside_0_to_1_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Holm.Adjust(-0.1));
        Assert.Throws<ArgumentException>(() => Holm.Adjust(1.1));
    }
}
