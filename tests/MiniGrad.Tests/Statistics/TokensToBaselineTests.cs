using MiniGrad.Experiments.Statistics;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Statistics;

public sealed class TokensToBaselineTests
{
    private static readonly double[] Tokens = [.. Enumerable.Range(1, 200).Select(i => i * 100.0)];

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(21)]
    public void A_known_crossing_is_found_to_the_token_whatever_the_window(int window)
    {
        // The baseline falls to 3 at 20,000 tokens; at twice and at 1.6 times its slope that takes 10,000 and 12,500.
        LossCurve baseline = Line(5, 2 / 20_000.0);
        TokensToBaseline result = TokensToBaseline.Of([Line(5, 4 / 20_000.0), Line(5, 3.2 / 20_000.0)], [baseline, baseline], window);
        Assert.Equal([10_000, 12_500], result.Tokens.Select(t => Math.Round(t, 6)));
        Assert.Equal([50, 37.5], result.Savings.Select(s => Math.Round(s, 9)));
        Assert.Equal((2, 2), (result.N, result.Reached));
        Assert.Equal(11_250, result.Needed.Mean, 1e-6);
        Assert.Equal(43.75, result.Saving.Mean, 1e-9);
        // Two numbers: t(0.975; 1) times half their distance.
        Assert.Equal(43.75 - 12.706204736 * 6.25, result.Saving.Lower!.Value, 1e-6);
        // More than everything cannot be saved: without the limit the upper end would be 123.2.
        Assert.Equal(100, result.Saving.Upper!.Value);
    }

    [Fact]
    public void Every_seed_is_paired_with_its_own_baseline_and_the_interval_is_of_the_seeds()
    {
        LossCurve[] baselines = [Line(5, 1e-4), Line(6, 1e-4), Line(4, 0.5e-4)];
        LossCurve[] treatments = [Line(5, 2e-4), Line(6, 4e-4), Line(4, 0.8e-4)];
        TokensToBaseline result = TokensToBaseline.Of(treatments, baselines, 11);
        double[] expected = [50, 75, 37.5];
        for (int i = 0; i < 3; i++)
            Assert.Equal(expected[i], result.Savings[i], 1e-6);
        Assert.Equal(MeanInterval.Of(expected)!.Lower!.Value, result.Saving.Lower!.Value, 1e-6);
        Assert.Equal(MeanInterval.Of([10_000, 5_000, 12_500])!.Upper!.Value, result.Needed.Upper!.Value, 1e-3);
    }

    [Fact]
    public void A_curve_between_two_points_is_a_straight_line()
    {
        LossCurve baseline = new([100, 200, 300], [5, 4, 3.25]);
        TokensToBaseline result = TokensToBaseline.Of([new LossCurve([100, 200, 300], [5, 3.5, 3])], [baseline], 1);
        Assert.Equal(250, result.Tokens[0], 1e-9);
        Assert.Equal(100 / 6.0, result.Saving.Mean, 1e-9);
        Assert.Equal(new MeanInterval(1, result.Tokens[0], null, null), result.Needed);
    }

    [Fact]
    public void A_seed_that_does_not_reach_the_loss_counts_with_all_of_its_tokens()
    {
        // Of three seeds one gets there after half of the tokens, one never, and one breaks off.
        LossCurve baseline = Line(5, 1e-4);
        TokensToBaseline result = TokensToBaseline.Of([Line(5, 2e-4), Line(5, 0.9e-4), null], [baseline, baseline, baseline], 11);
        Assert.Equal((3, 1, false), (result.N, result.Reached, result.IsComplete));
        Assert.Equal([true, false, false], result.IsReached);
        Assert.Equal([10_000.0, 20_000, 20_000], result.Tokens.Select(t => Math.Round(t, 6)));
        Assert.Equal(50_000 / 3.0, result.Needed.Mean, 1e-6);      // a lower bound
        Assert.Equal(50 / 3.0, result.Saving.Mean, 1e-6);          // an upper bound
        // mean + 4.302653·sd/√3 = 31,009 tokens; no run has more than 20,000.
        Assert.Equal(20_000, result.Needed.Upper);
    }

    [Fact]
    public void With_noise_the_interval_finds_the_saving_and_a_baseline_against_itself_saves_nothing()
    {
        const ulong Seed = 20250711;
        // ln-shaped curves: the treatment is at a loss where the baseline is after 1.5 times the tokens.
        LossCurve Noisy(double speed, ulong stream) => new(Tokens, [.. Tokens.Select((t, i) => 6 - 0.5 * Math.Log(1 + speed * t / 500) + 0.02 * new CounterRandom(Seed, stream).Normal((ulong)i))]);
        LossCurve[] baselines = [.. Enumerable.Range(0, 5).Select(s => Noisy(1, (ulong)s))], treatments = [.. Enumerable.Range(0, 5).Select(s => Noisy(1.5, 100 + (ulong)s))];
        int window = TokensToBaseline.WindowFor(Tokens.Length);
        TokensToBaseline result = TokensToBaseline.Of(treatments, baselines, window);
        Assert.Equal(5, result.Reached);
        Assert.True(result.Saving.Lower < 100 / 3.0 && 100 / 3.0 < result.Saving.Upper, $"seed {Seed}: {result}");
        Assert.InRange(result.Saving.Upper!.Value - result.Saving.Lower!.Value, 0.1, 20);
        TokensToBaseline none = TokensToBaseline.Of(baselines, baselines, window);
        Assert.Equal(0, none.Saving.Mean, 1e-9);
    }

    [Fact]
    public void Windows_are_odd_and_lists_pair()
    {
        Assert.Equal([1, 1, 5, 15, 31], ((int[])[1, 30, 100, 300, 600]).Select(TokensToBaseline.WindowFor));
        LossCurve line = Line(5, 1e-4);
        Assert.Throws<ArgumentException>(() => TokensToBaseline.Of([line], [line, line], 1));
        Assert.Throws<ArgumentException>(() => TokensToBaseline.Of([], [], 1));
        Assert.Throws<ArgumentException>(() => TokensToBaseline.Of([line], [line], 2));
        Assert.Throws<ArgumentException>(() => TokensToBaseline.Of([line], [line], -1));
    }

    private static LossCurve Line(double from, double slope) => new(Tokens, [.. Tokens.Select(t => from - slope * t)]);
}
