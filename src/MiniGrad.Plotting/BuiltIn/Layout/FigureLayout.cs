namespace MiniGrad.Plotting;

/// <summary>Lays a figure out: every renderer draws the scene that comes out of here, and the tests measure it.</summary>
internal static class FigureLayout
{
    private const double TickSpacingX = 90, TickSpacingY = 46;

    private const double TickLength = 4, TickGap = 8, RightMargin = 26;

    private const string StoppedNote = "× marks where a run stopped early.";

    /// <summary>The scene of a figure on a canvas of 800×450 units.</summary>
    /// <exception cref="ArgumentException">The figure cannot be drawn.</exception>
    internal static Scene Compose(Figure figure)
    {
        figure.Validate();
        (double Low, double High, bool Cut) vertical = AxisLimits.Vertical(figure);
        (double Low, double High) horizontal = AxisLimits.Horizontal(figure);
        bool stopped = figure.Curves.Any(c => CurveItems.StoppedEarly(c).Any());
        (List<SceneItem> header, double headerBottom) = PageText.Header(figure);
        (List<SceneItem> caption, double captionTop) = PageText.Caption(stopped ? $"{figure.Caption} {StoppedNote}" : figure.Caption);

        double top = headerBottom + 12, bottom = captionTop - 48;
        var y = new AxisMap(figure.YScale, vertical.Low, vertical.High, bottom, top, TickSpacingY, _ => 1.1 * Theme.TickSize);
        double tickWidth = y.Labelled.Select(t => TickWidth(t.Label)).DefaultIfEmpty().Max();
        double left = Theme.Margin + Theme.AxisLabelSize + 10 + tickWidth + TickGap;

        List<KeyEntry> key = KeyEntry.Of(figure, horizontal, vertical);
        (PlotFrame frame, List<SceneItem> data, List<SceneItem> names, Box? legend) = Named(figure, key, right =>
        {
            var area = new Box(left, top, right, bottom);
            return new(area, new AxisMap(figure.XScale, horizontal.Low, horizontal.High, left, right, TickSpacingX, TickWidth), y);
        });

        string yLabel = vertical.Cut ? $"{figure.YLabel}, cut at {LinearTicks.Label([vertical.High], vertical.High / 100)[0].Label}" : figure.YLabel;
        return new([.. header, .. Axes(frame, figure.XLabel, yLabel), .. data, .. names, .. caption], frame, legend, figure.Title);
    }

    /// <summary>The data with their names: at the lines' ends if that is clear, else in a legend over free space, else in one beside the plot.</summary>
    private static (PlotFrame, List<SceneItem> Data, List<SceneItem> Names, Box? Legend) Named(Figure figure, List<KeyEntry> key, Func<double, PlotFrame> frameTo)
    {
        if (EndLabels.ColumnWidth(key) is { } column)
        {
            PlotFrame narrow = frameTo(Theme.Width - Theme.Margin - column);
            if (EndLabels.Place(key, narrow) is { } labels)
                return (narrow, CurveItems.Draw(figure, narrow), labels, null);
        }

        PlotFrame wide = frameTo(Theme.Width - RightMargin);
        List<SceneItem> data = CurveItems.Draw(figure, wide);
        if (LegendBox.FindPlace(key, wide.Area, data) is { } place)
            return (wide, data, LegendBox.Draw(key, place), place);

        double width = LegendBox.Width(key, 0.27 * Theme.Width);
        PlotFrame beside = frameTo(Theme.Width - RightMargin - width);
        Box legend = LegendBox.Beside(key, beside.Area, width);
        return (beside, CurveItems.Draw(figure, beside), LegendBox.Draw(key, legend), legend);
    }

    private static double TickWidth(string label) => StrokeFont.Measure(label, Theme.TickSize);

    private static IEnumerable<SceneItem> Axes(PlotFrame frame, string xLabel, string yLabel)
    {
        Box area = frame.Area;
        foreach (Tick tick in frame.Y.Ticks)
        {
            double y = frame.Y.Place(tick.Value);
            yield return new RuleItem(new(area.Left, y), new(area.Right, y), tick.Label.Length > 0 ? Theme.Grid : Theme.MinorGrid);
            if (tick.Label.Length > 0)
                yield return new TextItem(tick.Label, new(area.Left - TickGap, y + 0.35 * Theme.TickSize), Theme.TickSize, Theme.Muted, TextAlign.Right);
        }

        foreach (Tick tick in frame.X.Ticks)
        {
            double x = frame.X.Place(tick.Value);
            yield return new RuleItem(new(x, area.Bottom), new(x, area.Bottom + (tick.Label.Length > 0 ? TickLength : TickLength / 2)), Theme.Axis);
            if (tick.Label.Length > 0)
                yield return new TextItem(tick.Label, new(x, area.Bottom + 19.5), Theme.TickSize, Theme.Muted, TextAlign.Centre);
        }

        yield return new RuleItem(new(area.Left, area.Bottom), new(area.Right, area.Bottom), Theme.Axis);
        yield return new RuleItem(new(area.Left, area.Top), new(area.Left, area.Bottom), Theme.Axis);
        yield return new TextItem(TextFit.Shorten(xLabel, Theme.AxisLabelSize, area.Width), new((area.Left + area.Right) / 2, area.Bottom + 37.5),
            Theme.AxisLabelSize, Theme.Ink, TextAlign.Centre);
        yield return new TextItem(TextFit.Shorten(yLabel, Theme.AxisLabelSize, area.Height), new(Theme.Margin + 0.75 * Theme.AxisLabelSize, (area.Top + area.Bottom) / 2),
            Theme.AxisLabelSize, Theme.Ink, TextAlign.Centre, Vertical: true);
    }
}
