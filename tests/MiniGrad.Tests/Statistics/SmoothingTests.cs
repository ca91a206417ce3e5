using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Tests.Statistics;

public sealed class SmoothingTests
{
    [Fact]
    public void A_straight_line_does_not_move_ends_included()
    {
        double[] line = [.. Enumerable.Range(0, 50).Select(i => 3 - 0.25 * i)];
        Assert.All(Smoothing.Centred(line, 6).Zip(line), p => Assert.Equal(p.Second, p.First, 12));
        Assert.Equal(Enumerable.Repeat(0.1, 9), Smoothing.Centred([.. Enumerable.Repeat(0.1, 9)], 3));
        Assert.Equal(line, Smoothing.Centred(line, 0));
    }

    [Fact]
    public void A_step_stays_centred()
    {
        double[] step = [.. Enumerable.Range(0, 41).Select(i => i < 20 ? 0.0 : i == 20 ? 0.5 : 1)];
        double[] smooth = Smoothing.Centred(step, 5);
        for (int i = 0; i < 41; i++)
            Assert.Equal(1 - smooth[40 - i], smooth[i], 12);
    }

    [Fact]
    public void Noise_shrinks_and_gaps_stay()
    {
        var random = new Random(3);
        double[] noise = [.. Enumerable.Range(0, 2000).Select(_ => random.NextDouble() - 0.5)];
        noise[700] = double.NaN;
        noise[701] = double.PositiveInfinity;
        double[] smooth = Smoothing.Centred(noise, 12);
        Assert.Equal(new[] { 700, 701 }, Enumerable.Range(0, 2000).Where(i => double.IsNaN(smooth[i])));
        double before = noise.Where(double.IsFinite).Sum(v => v * v), after = smooth.Where(double.IsFinite).Sum(v => v * v);
        Assert.InRange(after / before, 0.02, 0.08);     // 25 points: 1/25
    }

    [Fact]
    public void A_negative_width_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Smoothing.Centred([1], -1));
}
