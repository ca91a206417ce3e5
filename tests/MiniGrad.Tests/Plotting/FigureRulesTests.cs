using MiniGrad.Plotting;
using ScottPlot;

namespace MiniGrad.Tests.Plotting;

/// <summary>What a reader may rely on: limits, labels, ticks and names.</summary>
public sealed class FigureRulesTests
{
    [Fact]
    public void Panels_of_one_quantity_share_their_limits_and_label()
    {
        Panel[] panels = [Loss([3, 2]), Loss([1, 0.5]), Loss([9, 8]) with { YLabel = "RMS" }];
        using var page = new FigurePage(new Figure { Title = "T", Panels = panels });
        Assert.Equal(page.Panels[0].Y, page.Panels[1].Y);
        Assert.NotEqual(page.Panels[0].Y, page.Panels[2].Y);
        Assert.True(page.Panels[0].Y.Low <= 0.5 && page.Panels[0].Y.High >= 3);
        IEnumerable<DrawnText> labels = new DrawnFigure(new Figure { Title = "T", Panels = panels[..2] }).Texts.Where(t => t.Text == "loss");
        Assert.Single(labels);
    }

    [Fact]
    public void Rankings_of_one_quantity_share_their_limits()
    {
        Panel Of(double value) => new() { XLabel = "loss", Rows = [new RankRow { Name = "a", Value = value }, new RankRow { Name = "b", Value = value + 1 }] };
        using var page = new FigurePage(new Figure { Title = "T", Panels = [Of(1), Of(7)] });
        Assert.Equal(page.Panels[0].X, page.Panels[1].X);
    }

    [Fact]
    public void A_logarithmic_axis_says_so()
    {
        var drawn = new DrawnFigure(new Figure { Title = "T", Panels = [Loss([100, 1]) with { XScale = AxisScale.Logarithmic, YScale = AxisScale.Logarithmic }] });
        Assert.Contains(drawn.Texts, t => t.Text == "step (log scale)");
        Assert.Contains(drawn.Texts, t => t.Text == "loss (log scale)");
    }

    [Fact]
    public void What_is_cut_off_says_so_and_ends_are_not_cut()
    {
        Assert.Contains(new DrawnFigure(new Figure { Title = "T", Panels = [Loss([5, 2, 1]) with { YMax = 3 }] }).Texts, t => t.Text == "loss, cut at 3");
        double[] spike = [.. Enumerable.Range(0, 300).Select(i => i == 5 ? 1e6 : 2 - i / 300.0)], late = [.. spike[..^1], 1e5];
        using var cut = new FigurePage(new Figure { Title = "T", Panels = [Loss(spike)] });
        Assert.True(cut.Panels[0].Y.High < 10 && cut.Panels[0].Y.Cuts(cut.Panels[0].Panel).StartsWith(", cut at", StringComparison.Ordinal));
        using var end = new FigurePage(new Figure { Title = "T", Panels = [Loss(late)] });
        Assert.True(end.Panels[0].Y.High >= 1e5);
    }

    [Fact]
    public void Bars_that_reach_far_are_said_to_be_cut()
    {
        Curve far = new() { Name = "a", X = [1, 2], Mean = [1, 2], Low = [-90, 1], High = [90, 3], Marks = true };
        using var page = new FigurePage(new Figure { Title = "T", Panels = [Loss([1, 2]) with { Curves = [far] }] });
        Assert.Equal(", bars cut", page.Panels[0].Y.Cuts(page.Panels[0].Panel));
    }

    [Fact]
    public void Reference_lines_of_different_names_have_different_dashes()
    {
        Panel[] panels = [Loss([3, 2]) with { ReferenceLines = [new("bigram model of a", 2.5)] }, Loss([3, 2]) with { ReferenceLines = [new("bigram model of b", 2.4)] }];
        using var page = new FigurePage(new Figure { Title = "T", Panels = panels });
        var dashes = page.Key.Where(k => k.Text.StartsWith("bigram", StringComparison.Ordinal)).Select(k => k.Dash.Intervals).ToList();
        Assert.Equal(2, dashes.Count);
        Assert.NotEqual(dashes[0], dashes[1]);
    }

    [Fact]
    public void One_name_stands_once_in_the_legend()
    {
        IReadOnlyList<DrawnText> texts = new DrawnFigure(PanelSamples.Ladder(4)).Texts;
        Assert.All(FigureSamples.AblateSignVariants, name => Assert.Single(texts, t => t.Text == name));
    }

    [Fact]
    public void Intervals_stay_within_what_a_measure_can_be()
    {
        Curve share = Curve.OverSeeds("a", [1], [[0.0], [0.9], [0.1]]).Within(0, 1);
        Assert.Equal((0.0, 1.0), (share.Low![0], share.High![0]));
        RankRow ratio = RankRow.OverSeeds("a", [1.0, 9.0, 2.0]).Within(1);
        Assert.Equal(1.0, ratio.Low);
        Assert.True(ratio.High > 10);
    }

    [Fact]
    public void A_curve_that_stopped_early_is_marked_and_has_no_last_value()
    {
        Curve stopped = Curve.OverSeeds("a", [1, 2, 3], [[3, 2, 1], [3, 2], [3, 2, 1]]);
        IReadOnlyList<DrawnText> texts = new DrawnFigure(new Figure { Title = "T", Panels = [Loss([1]) with { Curves = [stopped], EndValueFormat = "F3" }] }).Texts;
        Assert.Contains(texts, t => t.Text == "a (1 of 3 stopped)");
        Assert.Contains(texts, t => t.Text.EndsWith("× marks where a run stopped early.", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_stand_in_the_callers_order_with_name_and_value()
    {
        IReadOnlyList<DrawnText> texts = new DrawnFigure(new Figure { Title = "T", Panels = [new Panel { EndValueFormat = "F3", Rows = [.. "abcd".Select((c, i) => new RankRow { Name = $"{c}", Value = 5 - i, Note = c == 'd' ? "diverged" : null })] }] }).Texts;
        DrawnText Text(string text) => Assert.Single(texts, t => t.Text == text);
        Assert.True(Text("a").Box.Top < Text("b").Box.Top && Text("b").Box.Top < Text("c").Box.Top && Text("c").Box.Top < Text("d").Box.Top);
        Assert.Equal(Text("b").Box.MidY, Text("4.000").Box.MidY, 4.0);
        Assert.True(Text("4.000").Box.Left > Text("b").Box.Right && Text("diverged").Box.Top > Text("3.000").Box.Top);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(420)]
    [InlineData(900)]
    public void Lines_are_even_and_end_in_no_single_word(float width)
    {
        const string Text = "Refuted: adamuon ends 0.237 nats above adamuon without sign after 300 steps of 2,048 tokens at a constant rate over five seeds";
        (float size, string[] lines) = FigureFont.Fit(Text, 20, 20, width, 99);
        Assert.Equal(Text, string.Join(' ', lines));
        float[] widths = [.. lines.Select(l => FigureFont.Measure(l, size))];
        Assert.All(widths, w => Assert.InRange(w, 0, width));
        Assert.True(lines.Length == 1 || widths[^1] > 0.4 * widths.Max(), string.Join('|', lines));
        (float smaller, string[] few) = FigureFont.Fit(Text, 20, 18, 300, 2);
        Assert.True(few.Length == 2 && smaller == 18 && few[1].EndsWith('…') && FigureFont.Measure(few[1], 18) <= 300);
    }

    [Fact]
    public void The_font_has_every_sign_in_use()
    {
        _ = FigureFont.Measure("", 10);
        SkiaSharp.SKTypeface regular = Fonts.GetTypeface(FigureFont.Name, bold: false, italic: false);
        Assert.Equal("DejaVu Sans", regular.FamilyName);
        Assert.DoesNotContain((ushort)0, regular.GetGlyphs(new string([.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c)]) + "βηλσμγεΔα−×±…–—≤≥√·½²³₀₁₂→↑↓∇∞≈°‖’‘“”∝⟨⟩ᵀΣ"));
    }

    [Fact]
    public void Labels_at_the_ends_keep_apart_and_near()
    {
        var random = new Random(5);
        for (int round = 0; round < 500; round++)
        {
            double[] targets = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => 300 * random.NextDouble()).Order()], places = EndLabels.Spread(targets, 30, 0, 300);
            Assert.All(places.Zip(places.Skip(1)), p => Assert.True(p.Second - p.First >= 30 - 1e-9));
            Assert.All(places, p => Assert.InRange(p, -1e-9, 300 + 1e-9));
        }

        Assert.Equal([40.0, 70, 200], EndLabels.Spread([50, 60, 200], 30, 0, 300));
    }

    [Theory]
    [InlineData(0, 300, AxisScale.Linear, "0 50 100 150 200 250 300")]
    [InlineData(0, 100000, AxisScale.Linear, "0 20k 40k 60k 80k 100k")]
    [InlineData(0, 49e9, AxisScale.Linear, "0 10B 20B 30B 40B")]
    [InlineData(1.4, 1.9, AxisScale.Linear, "1.4 1.5 1.6 1.7 1.8 1.9")]
    [InlineData(-0.2, 0.2, AxisScale.Linear, "−0.2 −0.1 0 0.1 0.2")]
    [InlineData(1.45, 5.6, AxisScale.Logarithmic, "1.5 2 3 4 5")]
    [InlineData(0.001, 1000, AxisScale.Logarithmic, "0.001 0.01 0.1 1 10 100 1000")]
    [InlineData(1e-8, 1e-4, AxisScale.Logarithmic, "1e−8 1e−7 1e−6 1e−5 1e−4")]
    [InlineData(1000, 2e6, AxisScale.Logarithmic, "1k 3k 10k 30k 100k 300k 1M")]
    [InlineData(1.51, 1.59, AxisScale.Logarithmic, "1.52 1.54 1.56 1.58")]
    public void Ticks_are_the_ones_a_person_would_draw(double low, double high, AxisScale scale, string expected) => Assert.Equal(expected, string.Join(' ', Ticks(low, high, scale).Select(t => t.Label)));

    [Fact]
    public void Ticks_lie_in_range_and_are_truly_labelled()
    {
        var random = new Random(13);
        for (int round = 0; round < 1000; round++)
        {
            AxisScale scale = (AxisScale)(round % 2);
            double low = scale == AxisScale.Linear ? (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 7)) : Math.Pow(10, random.NextDouble() * 8 - 4), high = scale == AxisScale.Linear ? low + (0.01 + random.NextDouble()) * Math.Abs(low) : low * (1.2 + Math.Pow(10, random.NextDouble() * 6));
            Tick[] ticks = Ticks(low, high, scale);
            string where = $"round {round}: {low} to {high}: {string.Join(' ', ticks.Select(t => t.Label))}";
            Assert.True(ticks.Length >= 2, where);
            Assert.All(ticks, t => Assert.InRange(AxisRange.From(scale, t.Position), low - 1e-6 * Math.Abs(low), high + 1e-6 * Math.Abs(high)));
            Assert.True(ticks.Length == ticks.Select(t => t.Label).Distinct().Count(), where);
            Assert.All(ticks, t => Assert.True(Math.Abs(Value(t.Label) - AxisRange.From(scale, t.Position)) <= 2e-3 * (scale == AxisScale.Linear ? high - low : AxisRange.From(scale, t.Position)), where));
        }
    }

    private static Tick[] Ticks(double low, double high, AxisScale scale)
    {
        var ticks = new AxisTicks(scale, 100);
        using Paint paint = Paint.NewDisposablePaint();
        ticks.Regenerate(new CoordinateRange(AxisRange.To(scale, low), AxisRange.To(scale, high)), Edge.Bottom, 750, paint, FigureFont.Style(20, Colors.Black));
        return [.. ticks.Ticks.Where(t => t.IsMajor)];
    }

    private static double Value(string label)
    {
        (string number, double unit) = label[^1] switch { 'k' => (label[..^1], 1e3), 'M' => (label[..^1], 1e6), 'B' => (label[..^1], 1e9), _ => (label, 1) };
        return unit * double.Parse(number.Replace('−', '-'), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Panel Loss(double[] losses) => new() { XLabel = "step", YLabel = "loss", Curves = [new Curve { Name = "muon", X = [.. losses.Select((_, i) => i + 1.0)], Mean = losses }] };
}
