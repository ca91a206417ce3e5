using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

/// <summary>Rankings: a row a variant.</summary>
public sealed class RankingTests
{
    [Fact]
    public void Rows_stand_in_the_callers_order_with_name_dot_interval_runs_and_value()
    {
        Figure figure = PanelSamples.Ranking(8);
        Scene scene = FigureLayout.Compose(figure);
        Box area = scene.Frame.Area;
        double above = double.NegativeInfinity;
        foreach (RankRow row in figure.Rows)
        {
            TextItem name = Assert.Single(scene.Texts, t => t.Text == row.Name), value = Assert.Single(scene.Texts, t => t.Text == row.Value.ToString("F3", null));
            Assert.True(name.Bounds.Right < area.Left && value.Bounds.Left > area.Right && name.At.Y == value.At.Y && name.At.Y > above);
            above = name.At.Y;
            Point dot = scene.Lines(LineRole.Mark).Single(l => l.Color == Palette.For(row.Name)).Points[0];
            Assert.Equal(scene.Frame.X.Place(row.Value), dot.X, 9);
            Assert.InRange(dot.Y, name.Bounds.Top, name.Bounds.Bottom);
            Point[] bar = [.. scene.Lines(LineRole.Interval).Single(l => l.Color == Palette.For(row.Name)).Points];
            Assert.Equal([scene.Frame.X.Place(row.Low!.Value), scene.Frame.X.Place(row.High!.Value)], bar.Select(p => p.X), (a, b) => Math.Abs(a - b) < 1e-9);
            Assert.Equal(5, scene.Lines(LineRole.Run).Count(l => l.Color == Palette.For(row.Name)));
        }
    }

    [Fact]
    public void Fourteen_rows_can_be_read()
    {
        Scene scene = FigureLayout.Compose(PanelSamples.Ranking(14));
        Assert.All(scene.Texts.Where(t => t.Text.StartsWith("adamuon", StringComparison.Ordinal)), t => Assert.Equal(Theme.LabelSize, t.Size));
    }

    [Fact]
    public void The_reference_line_stands_upright_with_its_name_above()
    {
        Scene scene = FigureLayout.Compose(PanelSamples.Ranking(8));
        PolylineItem line = Assert.Single(scene.Lines(LineRole.Reference));
        Assert.All(line.Points, p => Assert.Equal(scene.Frame.X.Place(1.53), p.X));
        TextItem label = Assert.Single(scene.Texts, t => t.Text == "muon 1.530");
        Assert.InRange(label.Bounds.Bottom, scene.Frame.Area.Top - 15, scene.Frame.Area.Top);
    }

    [Fact]
    public void What_has_no_value_says_so_and_what_lies_beyond_the_axis_points_there()
    {
        RankRow[] rows = [new() { Name = "muon", Value = 1.5 }, new() { Name = "adamw", Value = double.NaN, Note = "diverged" }, RankRow.OverSeeds("adamuon", [1, double.NaN, 2]), new() { Name = "sgd", Value = 9 }];
        Scene scene = FigureLayout.Compose(new Figure { Title = "t", XLabel = "loss", Rows = rows, XMin = 1, XMax = 2, EndValueFormat = "F2" });
        SceneChecks.Check(scene, "no value");
        Assert.Single(scene.Texts, t => t.Text == "diverged");
        Assert.Single(scene.Texts, t => t.Text == "no value");
        Assert.Equal(2, scene.Lines(LineRole.Mark).Count());
        PolylineItem pointer = scene.Lines(LineRole.Mark).Last();
        Assert.Equal(3, pointer.Points.Count);
        Assert.True(pointer.Points[1].X > pointer.Points[0].X && pointer.Points[1].X < scene.Frame.Area.Right);
    }

    [Fact]
    public void The_interval_of_a_row_is_that_of_the_mean()
    {
        RankRow row = RankRow.OverSeeds("muon", [1, 2, 4]);
        Assert.Equal((7.0 / 3, 7.0 / 3 - 4.302653 * Math.Sqrt(7.0 / 9), 7.0 / 3 + 4.302653 * Math.Sqrt(7.0 / 9)), (row.Value, row.Low!.Value, row.High!.Value), (a, b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) + Math.Abs(a.Item3 - b.Item3) < 1e-5);
        Assert.Null(RankRow.OverSeeds("muon", [1, 2]).Low);
        Assert.Empty(RankRow.OverSeeds("muon", [1]).Runs);
        Assert.Contains("found no runs", Assert.Throws<ArgumentException>(() => RankRow.OverSeeds("muon", [])).Message);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Figure figure = new() { Title = "T", Rows = [new() { Name = "a", Value = 1 }] };
        figure.Validate();
        (string Expected, Figure Broken)[] cases =
        [
            ("found one end of the interval", figure with { Rows = [new() { Name = "a", Value = 1, Low = 0 }] }),
            ("found an interval from 2 to 1", figure with { Rows = [new() { Name = "a", Value = 1, Low = 2, High = 1 }] }),
            ("found no value that can be drawn, expected a finite one in at least one row", figure with { Rows = [new() { Name = "a", Value = double.NaN }] }),
            ("found 1 curves and 1 rows", figure with { Curves = [new Curve { Name = "c", X = [1], Mean = [1] }] }),
            ("found XMin 3 and XMax 2", figure with { XMin = 3, XMax = 2 }),
        ];
        Assert.All(cases, c => Assert.Contains(c.Expected, Assert.Throws<ArgumentException>(c.Broken.Validate).Message));
    }
}
