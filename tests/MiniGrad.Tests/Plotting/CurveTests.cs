using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

public sealed class CurveTests
{
    [Fact]
    public void Band_over_seeds_is_the_t_interval_of_the_mean()
    {
        Curve curve = Curve.OverSeeds("muon", [1, 2], [[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]]);
        Assert.Equal(7.0 / 3, curve.Mean[0], 12);
        double half = 4.302653 * Math.Sqrt(7.0 / 3 / 3);     // t, and s = √(7/3)
        Assert.Equal(7.0 / 3 - half, curve.Low![0], 5);
        Assert.Equal(7.0 / 3 + half, curve.High![0], 5);
        Assert.Equal((5.0, 5.0, 5.0), (curve.Low[1], curve.Mean[1], curve.High[1]));
        Assert.Equal(3, curve.Runs.Count);
    }

    [Fact]
    public void Two_seeds_are_drawn_as_runs_without_a_band()
    {
        Curve curve = Curve.OverSeeds("muon", [1, 2], [[1.0, 2.0], [3.0, 2.0]]);
        Assert.Equal([2.0, 2.0], curve.Mean);
        Assert.Equal(2, curve.Runs.Count);
        Assert.Null(curve.Low);
    }

    [Fact]
    public void One_seed_has_no_band() => Assert.Null(Curve.OverSeeds("muon", [1, 2], [[1.0, 2.0]]).Low);

    [Fact]
    public void The_mean_stops_where_a_run_stops()
    {
        Curve curve = Curve.OverSeeds("muon", [1, 2, 3, 4], [[1, 2, 3, 4], [1, 2], [1, double.NaN, 3, 4]]);
        Assert.Equal(1, curve.Mean[0]);
        Assert.All(curve.Mean.Skip(1), v => Assert.True(double.IsNaN(v)));
        Assert.Equal(0, curve.LastIndex());
    }

    public static TheoryData<string, Figure> Broken
    {
        get
        {
            Curve good = new() { Name = "a", X = [1, 2], Mean = [1, 2] };
            Panel panel = new() { XLabel = "x", YLabel = "y", Curves = [good] };
            static Figure Of(Panel panel) => new() { Title = "T", Panels = [panel] };
            return new()
            {
                { "found 0 panels", new Figure { Title = "T", Panels = [] } },
                { "found 5 columns", Of(panel) with { Columns = 5 } },
                { "found no curves", Of(panel with { Curves = [] }) },
                { "found no points", Of(panel with { Curves = [good with { X = [], Mean = [] }] }) },
                { "found 1 means for 2 x", Of(panel with { Curves = [good with { Mean = [1] }] }) },
                { "found one edge of the band", Of(panel with { Curves = [good with { Low = [1, 1] }] }) },
                { "found a band of 1 and 2 values", Of(panel with { Curves = [good with { Low = [1], High = [1, 2] }] }) },
                { "found a run of 3 values", Of(panel with { Curves = [good with { Runs = [[1, 2, 3]] }] }) },
                { "found x[1] = 0", Of(panel with { Curves = [good with { X = [1, 0] }] }) },
                { "found x[0] = NaN", Of(panel with { Curves = [good with { X = [double.NaN, 0] }] }) },
                { "found YMin 3 and YMax 2", Of(panel with { YMin = 3, YMax = 2 }) },
                { "found a limit of 0 on a logarithmic axis", Of(panel with { YMin = 0, YScale = AxisScale.Logarithmic }) },
                { "found no value that can be drawn", Of(panel with { Curves = [good with { Mean = [double.NaN, double.NaN] }] }) },
                { "expected a finite positive one", Of(panel with { Curves = [good with { Mean = [-1, 0] }], YScale = AxisScale.Logarithmic }) },
            };
        }
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Broken))]
    public void What_cannot_be_drawn_is_refused_in_one_line(string expected, Figure figure)
    {
        var error = Assert.Throws<ArgumentException>(() => DrawnFigure.Bytes(figure, FigureFormat.Png));
        Assert.StartsWith("figure 'T'", error.Message);
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
