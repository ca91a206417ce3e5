using MathNet.Numerics;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Plotting;
using Distribution = MathNet.Numerics.Distributions.StudentT;

namespace MiniGrad.Tests.Statistics;

/// <summary>What is made of Student's distribution, against tables and against each other.</summary>
public sealed class StudentTTests
{
    [Theory]
    // Fisher and Yates, Statistical Tables, table III, the column P = 0.05; the last line is the normal limit.
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(4, 2.776)]
    [InlineData(9, 2.262)]
    [InlineData(12, 2.179)]
    [InlineData(20, 2.086)]
    [InlineData(30, 2.042)]
    [InlineData(60, 2.000)]
    [InlineData(120, 1.980)]
    [InlineData(1_000_000, 1.960)]
    public void Quantiles_are_the_tabulated_ones(int degrees, double tabulated)
    {
        Assert.Equal(tabulated, new Distribution(0, 1, degrees).InverseCumulativeDistribution(0.975), 5.001e-4);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(11)]
    public void The_p_of_the_test_is_the_tail_of_the_distribution_and_1_in_20_on_the_interval_s_edge(int n)
    {
        double[] differences = [.. Enumerable.Range(0, n).Select(i => Math.Sin(i + 1.0))];
        PairedT test = PairedT.Test(differences, new double[n])!;
        // By another road: the two tails are the regularized incomplete beta function.
        Assert.Equal(SpecialFunctions.BetaRegularized((n - 1) / 2.0, 0.5, (n - 1) / (n - 1 + test.T * test.T)), test.P, 1e-10);
        // A mean on the edge of its interval has a p of 0.05.
        PairedT edge = PairedT.Test([.. differences.Select(d => d - test.Lower)], new double[n])!;
        Assert.Equal(0.05, edge.P, 1e-8);
        Assert.Equal(0, edge.Lower, 1e-8);
        // The band of a figure is the interval of a report.
        Assert.Equal(test.Upper - test.Difference, Curve.Interval95(differences).Half, 1e-9);
    }

    [Fact]
    public void A_mean_has_the_interval_of_its_differences_from_0()
    {
        MeanInterval interval = MeanInterval.Of([1, 2, 3])!;
        Assert.Equal((3, 2.0), (interval.N, interval.Mean));
        Assert.Equal(2 - 4.302652729749464 / Math.Sqrt(3), interval.Lower!.Value, 1e-9);
        Assert.Equal(2 + 4.302652729749464 / Math.Sqrt(3), interval.Upper!.Value, 1e-9);
        Assert.Equal(new MeanInterval(1, 7, null, null), MeanInterval.Of([7]));
        Assert.Equal(new MeanInterval(2, 7, null, null), MeanInterval.Of([7, 7]));
        Assert.Null(MeanInterval.Of([]));
        Assert.Null(MeanInterval.Of([1, double.NaN]));
    }
}
