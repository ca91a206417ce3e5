using MiniGrad.Experiments.Statistics;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Statistics;

public sealed class BlocksTests
{
    private static readonly double[][] Losses = [[1.421, 1.431, 1.427], [1.387, 1.382, 1.380], [1.404, 1.409, 1.415], [1.52, 1.532, 1.518]];

    // By least squares in numpy, with an intercept for every variant and seed; Student's quantiles by integrating its density.
    [Theory]
    [InlineData(0, 1, 0.043333333333, 0.032090549251, 0.054576117416, 0.034405036093)]
    [InlineData(0, 2, 0.017, 0.005757215917, 0.028242784083, 0.008071702760)]
    [InlineData(3, 1, 0.140333333333, 0.129090549251, 0.151576117416, 0.131405036093)]
    public void A_pooled_difference_is_that_of_the_linear_model(int first, int second, double difference, double lower, double upper, double lower90)
    {
        Blocks blocks = Blocks.Of(Losses)!;
        Assert.Equal((4, 3, 6), (blocks.Variants, blocks.Seeds, blocks.Freedom));
        Assert.Equal(3.16666666666687e-05, blocks.Variance, 1e-16);
        PairedT own = PairedT.Test(Losses[first], Losses[second])!, test = blocks.Pool(own);
        Assert.Equal((true, 6, 3), (test.Pooled, test.Freedom, test.N));
        Assert.Equal(0.004594682917, test.Error, 1e-12);
        Assert.Equal([difference, lower, upper, lower90], [test.Difference, test.Lower, test.Upper, test.Interval(0.9).Lower], (a, b) => Math.Abs(a - b) < 1e-10);
        Assert.Equal((false, 2), (own.Pooled, own.Freedom));
    }

    [Fact]
    public void Brown_and_Forsythe_s_statistic_is_numpy_s_and_its_p_that_of_normal_residuals()
    {
        Assert.Equal(0.170984455959, BrownForsythe.Statistic(Blocks.Residuals(Losses)), 1e-9);
        // 200,000 draws in numpy: 0.8012.
        Assert.Equal(0.8012, Blocks.Of(Losses)!.EqualVariances, 0.05);
        Assert.Equal(Blocks.Of(Losses)!.EqualVariances, Blocks.Of([.. Losses.Select(own => own.Select(x => 3 * x + 7).ToArray())])!.EqualVariances);
    }

    [Fact]
    public void A_variant_that_scatters_is_compared_by_its_own_differences()
    {
        double[][] losses = [.. Losses, [1.30, 1.60, 1.45]];
        Blocks blocks = Blocks.Of(losses)!;
        PairedT own = PairedT.Test(losses[4], losses[0])!;
        Assert.Equal(own, blocks.Pool(own));
        // Also where all variances could be equal as far as three seeds tell.
        double[][] few = [Losses[0], Losses[1], [1.404, 1.419, 1.425]];
        Assert.True(Blocks.Of(few)!.EqualVariances > 0.1);
        PairedT pair = PairedT.Test(few[2], few[1])!;
        Assert.False(Blocks.Of(few)!.Pool(pair).Pooled);
    }

    [Fact]
    public void Diverged_variants_take_no_part_and_too_few_are_no_blocks()
    {
        double[] diverged = [1.4, double.NaN, 1.4];
        Assert.Equal(4, Blocks.Of([.. Losses, diverged])!.Variants);
        Assert.Null(Blocks.Of([Losses[0], Losses[1], diverged]));
        Assert.Null(Blocks.Of([.. Losses.Select(own => own[..2])]));
        Assert.Null(Blocks.Of([[1, 2, 3], [2, 3, 4], [4, 5, 6]]));
        Assert.Throws<ArgumentException>(() => Blocks.Of([Losses[0], [1, 2]]));
    }

    /// <summary>Four variants, three seeds, a seed's own effect six times the residuals: intervals of a difference, and how often it is found.</summary>
    [Fact]
    public void Pooled_intervals_cover_95_of_100_and_find_at_three_seeds_what_a_paired_t_misses()
    {
        const int Variants = 4, Seeds = 3;
        const double Effect = 2.5; // residual standard deviations
        const ulong Seed = 20251201;
        int simulations = Environment.GetEnvironmentVariable("MINIGRAD_TESTS") == "full" ? 30_000 : 3_000;
        var equalVariances = BrownForsythe.For(Variants, Seeds);
        int covered = 0, found = 0, foundAlone = 0, pooled = 0;
        float[] noise = new float[(Variants + 1) * Seeds];
        for (int simulation = 0; simulation < simulations; simulation++)
        {
            new CounterRandom(Seed, (ulong)simulation).FillNormal(noise);
            double[][] values = [.. Enumerable.Range(0, Variants).Select(v => Enumerable.Range(0, Seeds).Select(s => 6.0 * noise[s] + noise[(v + 1) * Seeds + s] + (v == 0 ? Effect : 0)).ToArray())];
            PairedT own = PairedT.Test(values[0], values[1])!, test = Blocks.Of(values, equalVariances)!.Pool(own);
            covered += test.Lower <= Effect && Effect <= test.Upper ? 1 : 0;
            found += test.P < 0.05 ? 1 : 0;
            foundAlone += own.P < 0.05 ? 1 : 0;
            pooled += test.Pooled ? 1 : 0;
        }
        string Share(int count) => $"seed {Seed}: {count} of {simulations}";
        Assert.True(covered >= 0.93 * simulations && covered <= 0.97 * simulations, $"{Share(covered)} intervals hold the effect");
        Assert.True(found > 0.5 * simulations && found > foundAlone + 0.1 * simulations, $"{Share(found)} found, {foundAlone} by a paired t alone");
        Assert.True(pooled > 0.6 * simulations && pooled < 0.8 * simulations, $"{Share(pooled)} pooled");
    }
}
