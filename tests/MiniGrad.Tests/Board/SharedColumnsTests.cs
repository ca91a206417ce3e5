using MiniGrad.Experiments.Board;

namespace MiniGrad.Tests.Board;

/// <summary>Curves over one row of abscissae.</summary>
public sealed class SharedColumnsTests
{
    [Fact]
    public void Few_points_are_kept_exactly()
    {
        SharedColumns columns = SharedColumns.Of([Curve((1, 10), (3, 30)), Curve((2, 20), (3, 31))], 10);
        Assert.Equal([1.0, 2.0, 3.0], columns.X);
        Assert.Equal([10.0, double.NaN, 30.0], columns.Y[0]);
        Assert.Equal([double.NaN, 20.0, 31.0], columns.Y[1]);
    }

    [Fact]
    public void Of_a_million_points_every_spike_stays()
    {
        const int n = 1_000_000;
        double[] x = [.. Enumerable.Range(0, n).Select(i => (double)i)], y = new double[n];
        int[] spikes = [12_345, 500_001, 999_990];
        foreach (int at in spikes) y[at] = at;
        y[700_000] = -5;
        SharedColumns columns = SharedColumns.Of([new Points(x, y)], 1000);
        Assert.InRange(columns.X.Length, 2, 1000);
        Assert.All(spikes, at => Assert.Contains(columns.Y[0], value => value == at));
        Assert.Contains(-5.0, columns.Y[0]);
        Assert.Equal(columns.X.Order(), columns.X);
        // A spike stands within one stretch of its place.
        Assert.All(spikes, at => Assert.InRange(columns.X[Array.IndexOf(columns.Y[0], at)], at - 2000, at + 2000));
    }

    [Fact]
    public void A_part_of_the_axis_keeps_its_neighbours()
    {
        Points part = Curve((1, 1), (2, 2), (3, 3), (4, 4), (5, 5)).Between(2.5, 3.5);
        Assert.Equal([2.0, 3.0, 4.0], part.X.ToArray());
        Assert.Equal(5, Curve((1, 1), (2, 2), (3, 3), (4, 4), (5, 5)).Between(double.NegativeInfinity, double.PositiveInfinity).Count);
        Assert.Equal(0, Curve().Between(0, 1).Count);
    }

    [Fact]
    public void No_curves_have_no_columns() => Assert.Empty(SharedColumns.Of([Curve()], 100).X);

    private static Points Curve(params (double X, double Y)[] points) => new(points.Select(p => p.X).ToArray(), points.Select(p => p.Y).ToArray());
}
