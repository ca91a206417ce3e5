namespace MiniGrad.Plotting;

/// <summary>Lays out one panel of curves over the whole width, with the names of the lines at their ends if that is clear.</summary>
internal static class CurvePanel
{
    private const double TickSpacingX = 90, TickSpacingY = 46, RightMargin = 26;

    internal static Scene Compose(Panel panel, IReadOnlyList<Rgb> colors, double top, double bottom)
    {
        (double Low, double High, bool Cut) vertical = AxisLimits.Vertical(panel);
        (double Low, double High) horizontal = AxisLimits.Horizontal(panel);
        var y = new AxisMap(panel.YScale, vertical.Low, vertical.High, bottom, top, TickSpacingY, _ => 1.1 * Theme.TickSize);
        double left = Theme.Margin + Theme.AxisLabelSize + 10 + AxisItems.WidestTick(y) + AxisItems.TickGap;

        List<KeyEntry> key = KeyEntry.Of(panel, colors, horizontal, vertical);
        (PlotFrame frame, List<SceneItem> data, List<SceneItem> names, Box? legend) = Named(panel, colors, key, right =>
        {
            var area = new Box(left, top, right, bottom);
            return new(area, new AxisMap(panel.XScale, horizontal.Low, horizontal.High, left, right, TickSpacingX, AxisItems.TickWidth, SweepItems.Settings(panel)), y);
        });

        IEnumerable<SceneItem> labels = [.. AxisItems.XLabel(panel.XLabel, frame.Area, frame.Area.Width), .. AxisItems.YLabel(YLabel(panel, vertical), Theme.Margin, frame.Area)];
        return new([.. AxisItems.Frame(frame), .. labels, .. data, .. names], [new(frame, data)], legend, "");
    }

    /// <summary>The vertical axis's label, which says where a spike was cut off.</summary>
    internal static string YLabel(Panel panel, (double Low, double High, bool Cut) vertical) => vertical.Cut
        ? $"{panel.YLabel}, cut at {LinearTicks.Label([vertical.High], vertical.High / 100)[0].Label}"
        : panel.YLabel;

    /// <summary>The data with their names: at the lines' ends if that is clear, else in a legend over free space, else in one beside the plot.</summary>
    private static (PlotFrame, List<SceneItem> Data, List<SceneItem> Names, Box? Legend) Named(Panel panel, IReadOnlyList<Rgb> colors, List<KeyEntry> key, Func<double, PlotFrame> frameTo)
    {
        if (EndLabels.ColumnWidth(key) is { } column)
        {
            PlotFrame narrow = frameTo(Theme.Width - Theme.Margin - column);
            if (EndLabels.Place(key, narrow) is { } labels)
                return (narrow, CurveItems.Draw(panel, colors, narrow), labels, null);
        }

        PlotFrame wide = frameTo(Theme.Width - RightMargin);
        List<SceneItem> data = CurveItems.Draw(panel, colors, wide);
        if (LegendBox.FindPlace(key, wide.Area, data) is { } place)
            return (wide, data, LegendBox.Draw(key, place), place);

        double width = LegendBox.Width(key, 0.27 * Theme.Width);
        PlotFrame beside = frameTo(Theme.Width - RightMargin - width);
        Box legend = LegendBox.Beside(key, beside.Area, width);
        return (beside, CurveItems.Draw(panel, colors, beside), LegendBox.Draw(key, legend), legend);
    }
}
