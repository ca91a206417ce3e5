using MiniGrad.Experiments.Statistics;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Statistics;

public sealed class PairedTTests
{
    [Fact]
    public void Mean_and_standard_deviation_are_the_sample_ones()
    {
        Sample sample = Sample.Of([2, 4, 4, 4, 5, 5, 7, 9]);
        Assert.Equal(8, sample.N);
        Assert.Equal(5, sample.Mean, 1e-15);
        Assert.Equal(Math.Sqrt(32.0 / 7), sample.StandardDeviation, 1e-15);
        Assert.True(double.IsNaN(Sample.Of([3]).StandardDeviation));
        Assert.True(double.IsNaN(Sample.Of([]).Mean));
        Assert.True(double.IsNaN(Sample.Of([1, double.NaN]).Mean));
        Assert.True(double.IsNaN(Sample.Of([1, double.PositiveInfinity]).Mean));
    }

    [Theory]
    [InlineData(2, 12.706204736174698)]
    [InlineData(3, 4.302652729749464)]
    [InlineData(5, 2.776445105197793)]
    [InlineData(10, 2.262157162798205)]
    [InlineData(30, 2.045229642132703)]
    public void The_interval_has_the_tabulated_half_width(int n, double critical)
    {
        // Differences with mean 3 and known spread: the half-width is critical · sd / √n.
        double[] treatment = [.. Enumerable.Range(0, n).Select(i => 3 + Math.Sin(i))];
        double[] baseline = new double[n];
        PairedT test = PairedT.Test(treatment, baseline)!;
        double sd = Sample.Of(treatment).StandardDeviation;
        Assert.Equal(critical * sd / Math.Sqrt(n), (test.Upper - test.Lower) / 2, 1e-9);
        Assert.Equal(test.Difference, (test.Upper + test.Lower) / 2, 1e-9);
    }

    [Fact]
    public void A_textbook_example_comes_out()
    {
        // Student's sleep data (Biometrika 6, 1908), drug 2 against drug 1: t = 4.0621, p = 0.002833, 0.70 … 2.46 hours.
        double[] second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        double[] first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        PairedT test = PairedT.Test(second, first)!;
        Assert.Equal(1.58, test.Difference, 1e-12);
        Assert.Equal(4.0621, test.T, 5e-5);
        Assert.Equal(0.002833, test.P, 5e-7);
        Assert.Equal(0.7001142, test.Lower, 5e-8);
        Assert.Equal(2.4598858, test.Upper, 5e-8);
    }

    [Fact]
    public void Another_level_widens_the_interval()
    {
        // t(0.995; 2) = 9.924843.
        PairedT test = PairedT.Test([1, 2, 3], [0, 0, 0])!;
        Assert.Equal(9.924843 / Math.Sqrt(3), test.Interval(0.99).Upper - 2, 1e-5);
        // What cannot be is cut off.
        (double lower, double upper) = (test with { Most = 3 }).Interval(0.99);
        Assert.Equal(-3, lower, 1e-12);
        Assert.Equal(3, upper, 1e-12);
    }

    [Fact]
    public void Without_two_finite_varying_pairs_there_is_no_test()
    {
        Assert.Null(PairedT.Test([], []));
        Assert.Null(PairedT.Test([1], [2]));
        Assert.Null(PairedT.Test([1, 2], [0, 1]));
        Assert.Null(PairedT.Test([1.1, 1.3, 1.7], [1.0, 1.2, 1.6]));   // equal but for rounding
        Assert.Null(PairedT.Test([1, double.NaN, 3], [0, 0, 0]));
        Assert.Null(PairedT.Test([1, double.PositiveInfinity], [0, double.PositiveInfinity]));
        Assert.Throws<ArgumentException>(() => PairedT.Test([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => PairedT.Test([1, 2], [0, 0])!.Interval(1));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void The_interval_covers_the_truth_in_95_of_100_simulations_and_a_null_effect_is_decided_in_5(int n)
    {
        const int Simulations = 2000;
        const ulong Seed = 20250711;
        const double Effect = 0.1;
        int covered = 0, decided = 0, significant = 0;
        float[] noise = new float[2 * n];
        for (int simulation = 0; simulation < Simulations; simulation++)
        {
            new CounterRandom(Seed, (ulong)(n * Simulations + simulation)).FillNormal(noise, 0.05f);
            double[] baseline = [.. noise.Take(n).Select(x => 1.5 + x)];
            double[] same = [.. noise.Skip(n).Select(x => 1.5 + x)];
            PairedT test = PairedT.Test([.. same.Select(x => x + Effect)], baseline)!;
            covered += test.Lower <= Effect && Effect <= test.Upper ? 1 : 0;
            Verdict verdict = Verdict.Decide("no difference", Direction.Lower, same, baseline);
            decided += verdict.Outcome is Outcome.Confirmed or Outcome.Refuted ? 1 : 0;
            significant += verdict.Test!.P < 0.05 ? 1 : 0;
        }

        Assert.True(covered is >= 1860 and <= 1940, $"seed {Seed}, n = {n}: {covered} of {Simulations} intervals cover the effect");
        Assert.True(decided is >= 60 and <= 140, $"seed {Seed}, n = {n}: {decided} of {Simulations} null effects decided");
        Assert.Equal(decided, significant);
    }
}
