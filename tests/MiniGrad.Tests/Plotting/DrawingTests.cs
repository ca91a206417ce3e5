using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

/// <summary>The parts below the layout: decimation, label spreading, coverage.</summary>
public sealed class DrawingTests
{
    private static readonly PlotFrame Frame = new(new(0, 0, 400, 300),
        new(AxisScale.Linear, 0, 1, 0, 400, 90, _ => 20), new(AxisScale.Linear, 0, 1, 300, 0, 45, _ => 12));

    [Fact]
    public void A_long_series_keeps_the_extremes_of_every_pixel_column()
    {
        var random = new Random(1);
        double[] x = [.. Enumerable.Range(0, 200_000).Select(i => i / 199_999.0)], y = [.. x.Select(_ => random.NextDouble())];
        y[123_456] = 5;
        List<Point> points = Decimation.Line(x, y, Frame);
        Assert.InRange(points.Count, 800, 4 * 801);
        var exact = x.Zip(y).GroupBy(p => (int)(800 * p.First)).ToDictionary(g => g.Key, g => (g.Min(p => p.Second), g.Max(p => p.Second)));
        foreach (IGrouping<int, Point> column in points.GroupBy(p => (int)(2 * p.X)))
        {
            Assert.Equal(exact[column.Key].Item1, 1 - column.Max(p => p.Y) / 300, 9);
            Assert.Equal(exact[column.Key].Item2, 1 - column.Min(p => p.Y) / 300, 9);
        }
    }

    [Fact]
    public void Gaps_split_lines_and_short_series_keep_every_point()
    {
        List<Point> points = Decimation.Line([0, 0.25, 0.5, 0.75, 1], [0, 1, double.NaN, double.NegativeInfinity, 0.5], Frame);
        Assert.Equal([(0, 300), (100, 0)], points.Take(2).Select(p => (p.X, p.Y)));
        Assert.True(points[2].IsGap);
        Assert.Equal(new Point(400, 150), points[3]);
        Assert.Equal(4, points.Count);
    }

    [Fact]
    public void A_band_below_zero_reaches_the_foot_of_a_logarithmic_axis()
    {
        var frame = Frame with { Y = new(AxisScale.Logarithmic, 0.1, 10, 300, 0, 45, _ => 12) };
        List<BandPoint> band = Decimation.Band(new Curve { Name = "a", X = [0, 1], Mean = [1, 1], Low = [-1, 0.1], High = [2, 2] }, frame);
        Assert.True(band[0].Lower >= 300 && !band[0].IsGap);
        Assert.Equal(300, band[1].Lower, 9);
    }

    [Fact]
    public void Labels_spread_apart_no_more_than_they_must()
    {
        Assert.Equal([10, 50, 90], EndLabels.Spread([10, 50, 90], 16, 0, 100));
        Assert.Equal([42, 58], EndLabels.Spread([50, 50], 16, 0, 100));
        Assert.Equal([0, 16, 80], EndLabels.Spread([-5, 3, 80], 16, 0, 100));
        var random = new Random(2);
        for (int round = 0; round < 500; round++)
        {
            double[] targets = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => 200 * random.NextDouble()).Order()];
            double[] places = EndLabels.Spread(targets, 16, 8, 192);
            Assert.All(places, p => Assert.InRange(p, 8 - 1e-9, 192 + 1e-9));
            Assert.All(places.Zip(places.Skip(1)), p => Assert.True(p.Second - p.First >= 16 - 1e-9, $"round {round}"));
        }
    }
}
