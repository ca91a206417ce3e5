using System.Globalization;
using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

public sealed class TickTests
{
    [Theory]
    [InlineData(0, 3000, 7, "0 500 1000 1500 2000 2500 3000")]
    [InlineData(0, 300, 6, "0 50 100 150 200 250 300")]
    [InlineData(0, 100000, 6, "0 20k 40k 60k 80k 100k")]
    [InlineData(0, 614400, 6, "0 100k 200k 300k 400k 500k 600k")]
    [InlineData(0, 3e6, 6, "0 0.5M 1.0M 1.5M 2.0M 2.5M 3.0M")]
    [InlineData(0, 49e9, 6, "0 10B 20B 30B 40B")]
    [InlineData(1.4, 1.9, 5, "1.4 1.5 1.6 1.7 1.8 1.9")]
    [InlineData(-0.2, 0.2, 5, "−0.2 −0.1 0.0 0.1 0.2")]
    [InlineData(0, 5e-6, 5, "0 1e−6 2e−6 3e−6 4e−6 5e−6")]
    public void Linear_ticks_are_the_ones_a_person_would_draw(double low, double high, int target, string expected) =>
        Assert.Equal(expected, string.Join(' ', LinearTicks.Choose(low, high, target).Select(t => t.Label)));

    [Fact]
    public void Linear_ticks_are_round_evenly_spaced_and_truly_labelled()
    {
        var random = new Random(13);
        for (int round = 0; round < 3000; round++)
        {
            double range = Math.Pow(10, random.NextDouble() * 16 - 8), low = (random.NextDouble() - 0.5) * range * Math.Pow(10, random.Next(0, 4));
            int target = random.Next(2, 12);
            IReadOnlyList<Tick> ticks = LinearTicks.Choose(low, low + range, target);
            string where = $"round {round}: {low} to {low + range}, {target}: {string.Join(' ', ticks.Select(t => t.Label))}";
            Assert.True(ticks.Count >= 2 && ticks.Count <= 2.1 * target + 1, where);
            Assert.All(ticks, t => Assert.InRange(t.Value, low - 1e-6 * range, low + range * (1 + 1e-6)));
            double step = (ticks[^1].Value - ticks[0].Value) / (ticks.Count - 1), digit = step / Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-9));
            Assert.True(new[] { 1, 2, 2.5, 5 }.Any(d => Math.Abs(digit - d) < 1e-4), $"{where}: step {step}");
            Assert.Equal(ticks.Count, ticks.Select(t => t.Label).Distinct().Count());
            Assert.All(ticks, t => Assert.True(Math.Abs(Value(t.Label) - t.Value) <= 1e-3 * step, where));
        }
    }

    [Fact]
    public void A_logarithmic_axis_from_a_half_to_six_has_the_labels_one_looks_for()
    {
        string[] labels = [.. LogTicks.Choose(0.45, 6, 6).Select(t => t.Label)];
        Assert.All(new[] { "0.5", "1", "2", "3", "5" }, l => Assert.Contains(l, labels));
    }

    [Theory]
    [InlineData(1.45, 5.6, "1.5 2 3 4 5")]
    [InlineData(0.001, 1000, "0.001 0.01 0.1 1 10 100 1000")]
    [InlineData(1e-8, 1e-4, "1e−8 1e−7 1e−6 1e−5 1e−4")]
    [InlineData(1000, 2e6, "1k 3k 10k 30k 100k 300k 1M")]
    [InlineData(1.51, 1.59, "1.52 1.54 1.56 1.58")]
    public void Logarithmic_ticks_are_the_ones_a_person_would_draw(double low, double high, string expected) =>
        Assert.Equal(expected, string.Join(' ', LogTicks.Choose(low, high, 5).Where(t => t.Label.Length > 0).Select(t => t.Label)));

    [Fact]
    public void Logarithmic_ticks_lie_in_range_and_are_truly_labelled()
    {
        var random = new Random(17);
        for (int round = 0; round < 3000; round++)
        {
            double low = Math.Pow(10, random.NextDouble() * 12 - 6), high = low * (1 + Math.Pow(10, random.NextDouble() * 14 - 4));
            Tick[] ticks = [.. LogTicks.Choose(low, high, random.Next(2, 10))], labelled = [.. ticks.Where(t => t.Label.Length > 0)];
            string where = $"round {round}: {low} to {high}: {string.Join(' ', labelled.Select(t => t.Label))}";
            Assert.True(labelled.Length >= 2, where);
            Assert.All(ticks, t => Assert.InRange(t.Value, low * (1 - 1e-6), high * (1 + 1e-6)));
            Assert.Equal(ticks.Length, ticks.Select(t => t.Value).Distinct().Count());
            Assert.All(labelled, t => Assert.True(Math.Abs(Value(t.Label) / t.Value - 1) < 1e-3, where));
        }
    }

    private static double Value(string label)
    {
        (string number, double unit) = label[^1] switch { 'k' => (label[..^1], 1e3), 'M' => (label[..^1], 1e6), 'B' => (label[..^1], 1e9), _ => (label, 1) };
        return unit * double.Parse(number.Replace('−', '-'), CultureInfo.InvariantCulture);
    }
}
