using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

/// <summary>What a reader needs of any figure, measured on the laid-out scene.</summary>
public sealed class FigureLayoutTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_figures_pass_every_check(int block)
    {
        for (int seed = 40 * block; seed < 40 * (block + 1); seed++)
            SceneChecks.Check(FigureLayout.Compose(FigureSamples.Random(seed)), $"seed {seed}");
    }

    [Theory]
    [InlineData(AxisScale.Linear)]
    [InlineData(AxisScale.Logarithmic)]
    public void The_main_figure_names_its_lines_at_their_ends(AxisScale scale)
    {
        Scene scene = FigureLayout.Compose(FigureSamples.AblateSign(scale: scale));
        SceneChecks.Check(scene, "ablate-sign");
        Assert.Null(scene.Legend);
        foreach (string variant in FigureSamples.AblateSignVariants.Append("bigram model 2.40"))
        {
            TextItem label = Assert.Single(scene.Texts, t => t.Text.StartsWith(variant + " 1.", StringComparison.Ordinal) || t.Text == variant);
            Assert.True(label.Bounds.Left > scene.Frame.Area.Right, $"'{label.Text}' stands at {label.Bounds}, not right of {scene.Frame.Area}");
        }
    }

    [Fact]
    public void Labels_stand_in_the_order_in_which_the_lines_end()
    {
        Scene scene = FigureLayout.Compose(FigureSamples.AblateSign());
        string[] order = [.. scene.Texts.Where(t => t.Bounds.Left > scene.Frame.Area.Right).OrderBy(t => t.At.Y).Select(t => t.Text)];
        string[] expected = ["bigram model", "adamuon 1.8", "adamw 1.7", "adamuon without sign 1.5", "muon 1.5"];
        Assert.Equal(expected.Length, order.Length);
        Assert.All(order.Zip(expected), p => Assert.StartsWith(p.Second, p.First));
    }

    [Fact]
    public void A_long_name_moves_the_names_into_a_legend_on_free_ground()
    {
        Figure figure = FigureSamples.AblateSign();
        figure = figure with { Curves = [.. figure.Curves.Select(c => c with { Name = c.Name + " and a good deal more to say about it" })] };
        Scene scene = FigureLayout.Compose(figure);
        SceneChecks.Check(scene, "long names");
        Assert.NotNull(scene.Legend);
        Assert.True(scene.Frame.Area.Contains(scene.Legend.Value), "there is room within the plot area");
    }

    [Fact]
    public void A_legend_stands_beside_the_plot_where_data_fill_it()
    {
        var random = new Random(5);
        double[] x = [.. Enumerable.Range(0, 300).Select(i => (double)i)];
        Curve[] curves = [.. Enumerable.Range(0, 8).Select(i => new Curve { Name = $"variant {i} with a name too long for the end of its line", X = x, Mean = [.. x.Select(_ => random.NextDouble())] })];
        Scene scene = FigureLayout.Compose(FigureSamples.AblateSign() with { Curves = curves });
        SceneChecks.Check(scene, "crowded");
        Assert.True(scene.Legend!.Value.Left > scene.Frame.Area.Right);
    }

    [Fact]
    public void A_run_that_stops_is_marked_and_its_value_is_not_given_as_a_result()
    {
        Figure figure = FigureSamples.AblateSign();
        Curve whole = figure.Curves[0];
        Curve cut = Curve.OverSeeds("muon", whole.X, [whole.Runs[0], [.. whole.Runs[1].Take(20)]]);
        Scene scene = FigureLayout.Compose(figure with { Curves = [whole, cut] });
        SceneChecks.Check(scene, "stopped");
        Assert.Contains(scene.Texts, t => t.Text == "muon (1 of 2 stopped)");
        Assert.Contains("stopped early", string.Join(' ', scene.Texts.Select(t => t.Text)));
        Point end = new(scene.Frame.X.Place(whole.X[19]), scene.Frame.Y.Place(whole.Runs[1][19]));
        Assert.Contains(scene.Lines(LineRole.Decoration), l => Math.Abs(l.Points.Where(p => !p.IsGap).Average(p => p.X) - end.X) < 0.01 && Math.Abs(l.Points.Where(p => !p.IsGap).Average(p => p.Y) - end.Y) < 0.01);
        Assert.All(scene.Lines(LineRole.Mean).Last().Points.Where(p => !p.IsGap), p => Assert.True(p.X <= end.X + 1e-9));
    }

    [Fact]
    public void A_spike_is_cut_and_the_axis_says_so()
    {
        double[] x = [.. Enumerable.Range(0, 200).Select(i => (double)i)];
        double[] y = [.. x.Select(i => i == 150 ? 1e6 : 2 + Math.Exp(-i / 50))];
        Scene scene = FigureLayout.Compose(new Figure { Title = "t", XLabel = "step", YLabel = "loss", Curves = [new Curve { Name = "adamw", X = x, Mean = y }] });
        SceneChecks.Check(scene, "spike");
        Assert.InRange(scene.Frame.Y.High, 3, 4);
        Assert.Contains(scene.Texts, t => t.Text.StartsWith("loss, cut at 3", StringComparison.Ordinal));
    }

    [Fact]
    public void A_far_reference_line_does_not_squeeze_the_data()
    {
        Figure figure = FigureSamples.AblateSign() with { ReferenceLines = [new("gzip", 300), new("floor", 1.0)] };
        Scene scene = FigureLayout.Compose(figure);
        Assert.InRange(scene.Frame.Y.High, 5, 6);
        Assert.Single(scene.Lines(LineRole.Reference));
        Assert.Contains(scene.Texts, t => t.Text == "gzip ↑");
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(0.0)]
    [InlineData(-3e-7)]
    public void Constant_data_lie_in_the_middle(double value)
    {
        Scene scene = FigureLayout.Compose(new Figure { Title = "t", XLabel = "x", YLabel = "y", Curves = [new Curve { Name = "one", X = [1, 2], Mean = [value, value] }] });
        SceneChecks.Check(scene, $"constant {value}");
        Box area = scene.Frame.Area;
        Assert.InRange((scene.Frame.Y.Place(value) - area.Top) / area.Height, 0.05, 0.95);
        Assert.True(scene.Frame.Y.Labelled.Count() >= 2);
    }

    [Fact]
    public void Limits_that_are_given_are_kept()
    {
        Scene scene = FigureLayout.Compose(FigureSamples.AblateSign() with { YMin = 1.25, YMax = 3.5 });
        Assert.Equal((1.25, 3.5), (scene.Frame.Y.Low, scene.Frame.Y.High));
        SceneChecks.Check(scene, "limits");
    }
}
