namespace MiniGrad.Plotting;

/// <summary>Draws axes: grid, ticks and what they are called.</summary>
internal static class AxisItems
{
    internal const double TickGap = 8;

    private const double TickLength = 4;

    internal static double TickWidth(string label) => TextFont.Measure(label, Theme.TickSize);

    /// <summary>The width of the widest label of a vertical axis.</summary>
    internal static double WidestTick(AxisMap y) => y.Labelled.Select(t => TickWidth(t.Label)).DefaultIfEmpty().Max();

    /// <summary>The grid, both axes and their ticks; <paramref name="yLabels"/> says whether the vertical axis's ticks are labelled.</summary>
    internal static IEnumerable<SceneItem> Frame(PlotFrame frame, bool yLabels = true)
    {
        Box area = frame.Area;
        foreach (Tick tick in frame.UprightGrid ? frame.X.Labelled : [])
        {
            double x = frame.X.Place(tick.Value);
            yield return new RuleItem(new(x, area.Top), new(x, area.Bottom), Theme.Grid);
        }

        foreach (Tick tick in frame.Y.Ticks)
        {
            double y = frame.Y.Place(tick.Value);
            yield return new RuleItem(new(area.Left, y), new(area.Right, y), tick.Label.Length > 0 ? Theme.Grid : Theme.MinorGrid);
            if (tick.Label.Length > 0 && yLabels)
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
    }

    /// <summary>What the horizontal axis is called, smaller where it must be to fit the width.</summary>
    internal static IEnumerable<TextItem> XLabel(string label, Box area, double width, double smallest = Theme.AxisLabelSize)
    {
        if (string.IsNullOrWhiteSpace(label))
            yield break;
        double size = TextFit.SizeFor(label, Theme.AxisLabelSize, smallest, width, 1);
        yield return new TextItem(TextFit.Shorten(label, size, width), new((area.Left + area.Right) / 2, area.Bottom + 37.5), size, Theme.Ink, TextAlign.Centre);
    }

    /// <summary>What the vertical axis is called, from <paramref name="left"/> on, in up to so many lines.</summary>
    internal static IEnumerable<TextItem> YLabel(string label, double left, Box area, int maxLines = 1, double smallest = Theme.AxisLabelSize)
    {
        double size = TextFit.SizeFor(label, Theme.AxisLabelSize, smallest, area.Height, maxLines);
        foreach ((int i, string line) in TextFit.Wrap(label, size, area.Height, maxLines).Index())
            yield return new TextItem(line, new(left + (0.75 + LineHeight * i) * size, (area.Top + area.Bottom) / 2), size, Theme.Ink, TextAlign.Centre, Vertical: true);
    }

    /// <summary>The width that <see cref="YLabel"/> takes up.</summary>
    internal static double YLabelWidth(string label, double height, int maxLines, double smallest)
    {
        double size = TextFit.SizeFor(label, Theme.AxisLabelSize, smallest, height, maxLines);
        int lines = TextFit.Wrap(label, size, height, maxLines).Count;
        return lines == 0 ? 0 : (1 + LineHeight * (lines - 1)) * size;
    }

    private const double LineHeight = 1.2;
}
