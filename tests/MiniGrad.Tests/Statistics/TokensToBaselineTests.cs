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
        Assert.Equal([10_000, 12_500], result.Tokens.Select(t => Math.Round(t!.Value, 6)));
        Assert.Equal([50, 37.5], result.Savings.Select(s => Math.Round(s!.Value, 9)));
        Assert.Equal((2, 2), (result.N, result.Reached));
        Assert.Equal(11_250, result.Needed!.Mean, 1e-6);
        Assert.Equal(43.75, result.Saving!.Mean, 1e-9);
        // Two numbers: t(0.975; 1) times half their distance.
        Assert.Equal(43.75 - 12.706204736 * 6.25, result.Saving.Lower!.Value, 1e-6);
        Assert.Equal(43.75 + 12.706204736 * 6.25, result.Saving.Upper!.Value, 1e-6);
        Assert.StartsWith("43.8 % of the tokens saved (95 % interval -35.7 … 123.2, n = 2)", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_seed_is_paired_with_its_own_baseline_and_the_interval_is_of_the_seeds()
    {
        LossCurve[] baselines = [Line(5, 1e-4), Line(6, 1e-4), Line(4, 0.5e-4)];
        LossCurve[] treatments = [Line(5, 2e-4), Line(6, 4e-4), Line(4, 0.8e-4)];
        TokensToBaseline result = TokensToBaseline.Of(treatments, baselines, 11);
        double[] expected = [50, 75, 37.5];
        for (int i = 0; i < 3; i++)
            Assert.Equal(expected[i], result.Savings[i]!.Value, 1e-6);
        Assert.Equal(MeanInterval.Of(expected)!.Lower!.Value, result.Saving!.Lower!.Value, 1e-6);
        Assert.Equal(MeanInterval.Of([10_000, 5_000, 12_500])!.Upper!.Value, result.Needed!.Upper!.Value, 1e-3);
    }

    [Fact]
    public void A_curve_between_two_points_is_a_straight_line()
    {
        LossCurve baseline = new([100, 200, 300], [5, 4, 3.25]);
        TokensToBaseline result = TokensToBaseline.Of([new LossCurve([100, 200, 300], [5, 3.5, 3])], [baseline], 1);
        Assert.Equal(250, result.Tokens[0]!.Value, 1e-9);
        Assert.Equal("16.7 % of the tokens saved (no interval, n = 1)", result.ToString());
        Assert.Equal(new MeanInterval(1, result.Tokens[0]!.Value, null, null), result.Needed);
    }

    [Fact]
    public void A_seed_that_does_not_reach_the_loss_leaves_no_interval_and_is_counted()
    {
        LossCurve baseline = Line(5, 1e-4), diverged = new(Tokens, [.. Tokens.Select(t => t > 500 ? double.NaN : 5)]);
        TokensToBaseline result = TokensToBaseline.Of([Line(5, 2e-4), Line(5, 0.9e-4), diverged, Line(5, 2e-4)], [baseline, baseline, baseline, diverged], 11);
        Assert.Equal((4, 1), (result.N, result.Reached));
        Assert.Equal(10_000, result.Tokens[0]!.Value, 1e-6);
        Assert.Equal([null, null, null], result.Tokens.Skip(1));
        Assert.Null(result.Needed);
        Assert.Null(result.Saving);
        Assert.Equal("1 of 4 seeds reached the baseline's final loss", result.ToString());
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
        Assert.True(result.Saving!.Lower < 100 / 3.0 && 100 / 3.0 < result.Saving.Upper, $"seed {Seed}: {result}");
        Assert.InRange(result.Saving.Upper!.Value - result.Saving.Lower!.Value, 0.1, 20);
        TokensToBaseline none = TokensToBaseline.Of(baselines, baselines, window);
        Assert.Equal(0, none.Saving!.Mean, 1e-9);
    }

    [Fact]
    public void Windows_are_odd_and_lists_pair()
    {
        Assert.Equal([1, 1, 5, 15, 31], ((int[])[1, 30, 100, 300, 600]).Select(TokensToBaseline.WindowFor));
        LossCurve line = Line(5, 1e-4);
        Assert.Throws<ArgumentException>(() => TokensToBaseline.Of([line], [line, line], 1));
        Assert.Throws<ArgumentException>(() => TokensToBaseline.Of([line], [line], 2));
        Assert.Throws<ArgumentException>(() => TokensToBaseline.Of([line], [line], -1));
    }

    private static LossCurve Line(double from, double slope) => new(Tokens, [.. Tokens.Select(t => from - slope * t)]);
}
