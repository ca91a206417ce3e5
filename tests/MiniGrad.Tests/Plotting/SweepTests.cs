using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

/// <summary>Curves over the settings of a sweep.</summary>
public sealed class SweepTests
{
    [Fact]
    public void Every_point_has_a_mark_and_an_error_bar_of_the_interval()
    {
        Figure figure = PanelSamples.Sweep();
        Scene scene = FigureLayout.Compose(figure);
        Assert.Empty(scene.Items.OfType<BandItem>());
        Curve muon = figure.Curves[1];
        PolylineItem[] marks = [.. scene.Lines(LineRole.Mark).Where(l => l.Color == Palette.For("muon"))];
        PolylineItem bars = Assert.Single(scene.Lines(LineRole.Interval), l => l.Color == Palette.For("muon"));
        Assert.Equal(muon.X.Count, marks.Length);
        foreach ((int i, PolylineItem mark) in marks.Index())
        {
            Point at = Assert.Single(mark.Points);
            Assert.Equal(scene.Frame.Y.Place(muon.Mean[i]), at.Y, 9);
            Point[] bar = [.. bars.Points.Skip(9 * i).Take(2)];
            Assert.Equal((at.X, at.X), (bar[0].X, bar[1].X));
            Assert.Equal(scene.Frame.Y.Place(muon.Low![i]), bar[0].Y, 9);
            Assert.Equal(scene.Frame.Y.Place(muon.High![i]), bar[1].Y, 9);
        }
    }

    [Fact]
    public void Marks_at_one_setting_stand_side_by_side_around_it()
    {
        Figure figure = PanelSamples.Sweep();
        Scene scene = FigureLayout.Compose(figure);
        double[] xs = [.. figure.Curves.Select(c => scene.Lines(LineRole.Mark).First(l => l.Color == Palette.For(c.Name)).Points[0].X)];
        Assert.Equal(scene.Frame.X.Place(6e-4), xs.Average(), 9);
        Assert.All(xs.Zip(xs.Skip(1)), p => Assert.InRange(p.Second - p.First, 5, 10));

        Figure alone = figure with { Curves = [figure.Curves[1]] };
        Scene one = FigureLayout.Compose(alone);
        Assert.Equal(one.Frame.X.Place(6e-4), one.Lines(LineRole.Mean).Single().Points[0].X, 9);
    }

    [Fact]
    public void The_settings_are_the_ticks()
    {
        Assert.Equal(["6e−4", "1e−3", "3e−3", "6e−3", "1e−2"], FigureLayout.Compose(PanelSamples.Sweep()).Frame.X.Labelled.Select(t => t.Label));
        Assert.Equal(["1", "2", "3", "5", "8", "10"], FigureLayout.Compose(PanelSamples.LinearSweep()).Frame.X.Labelled.Select(t => t.Label));
        Figure dense = PanelSamples.LinearSweep() with { Curves = [new Curve { Name = "muon", X = [.. Enumerable.Range(1, 50).Select(i => (double)i)], Mean = [.. Enumerable.Range(1, 50).Select(i => 1.0 / i)], Marks = true }] };
        Assert.InRange(FigureLayout.Compose(dense).Frame.X.Labelled.Count(), 4, 12);
    }

    [Fact]
    public void A_setting_without_a_value_is_a_gap_and_not_a_run_that_stopped()
    {
        Curve curve = Curve.OverSeeds("muon", [1, 2, 4, 8], [[3, 2, 2, double.NaN], [3, 2, 3, 4], [2, 1, 2, 4]]) with { Marks = true };
        Scene scene = FigureLayout.Compose(new Figure { Title = "t", XLabel = "x", YLabel = "y", Curves = [curve], XScale = AxisScale.Logarithmic });
        SceneChecks.Check(scene, "gap");
        Assert.DoesNotContain(scene.Texts, t => t.Text.Contains("stopped", StringComparison.Ordinal));
        Assert.Equal(3, scene.Lines(LineRole.Mark).Count(l => l.Color == Palette.For("muon")));
        Assert.Equal(11, scene.Lines(LineRole.Run).Count());     // the other two runs of the last setting are seen
    }
}
