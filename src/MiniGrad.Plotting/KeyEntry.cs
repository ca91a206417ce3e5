namespace MiniGrad.Plotting;

/// <summary>What a reader must be able to name, a curve or a reference line: how it looks, and where it ends in the axes' units.</summary>
internal sealed record KeyEntry(string Text, Rgb Color, double Opacity, float Width, LinePattern Dash, double EndX, double EndY, bool Marks = false)
{
    /// <summary>The entries of a panel: its curves, with their last values where asked for, then its reference lines.</summary>
    internal static IEnumerable<KeyEntry> Of(CurvePlot plot, IReadOnlyList<Rgb> colors, Func<string, LinePattern> dashes, bool values)
    {
        Panel panel = plot.Panel;
        foreach ((Curve curve, Rgb color) in panel.Curves.Zip(colors))
        {
            int last = curve.LastIndex();
            (double x, double y) = last < 0 ? (double.NaN, double.NaN) : (AxisRange.To(panel.XScale, curve.X[last]), AxisRange.To(panel.YScale, curve.Mean[last]));
            yield return new(curve.Name + Note(curve, last, values ? panel.EndValueFormat : null), color, CurvePlot.Opacity(curve), CurvePlot.Width(curve), CurvePlot.Dash(curve), x, y, curve.Marks);
        }
        foreach (ReferenceLine line in panel.ReferenceLines)
        {
            double y = AxisRange.To(panel.YScale, line.Y);
            string where = y < plot.Y.Low ? " ↓" : y > plot.Y.High ? " ↑" : "";
            yield return new(line.Label + where, Rgb.FromHex(0x6B727B), 1, Theme.ReferenceWidth, dashes(line.Label), plot.X.High, y);
        }
    }

    /// <summary>The entry of a legend.</summary>
    internal LegendItem ToLegendItem()
    {
        var item = new LegendItem { LabelText = Text, LineColor = Color.ToColor(Opacity), LineWidth = Width, LinePattern = Dash };
        (item.MarkerShape, item.MarkerSize, item.MarkerColor) = Marks ? (MarkerShape.FilledCircle, Theme.MarkSize, Color.ToColor()) : (MarkerShape.None, 0, item.LineColor);
        return item;
    }

    /// <summary>A value at which a mean merely stopped must not be read as the result, so the note then says that instead.</summary>
    private static string Note(Curve curve, int last, string? format)
    {
        int stopped = curve.StoppedEarly().Count();
        if (stopped > 0) return curve.Runs.Count > 1 ? $" ({stopped} of {curve.Runs.Count} stopped)" : " (stopped)";
        return last < 0 || format is null ? "" : " " + curve.Mean[last].ToString(format, CultureInfo.InvariantCulture).Replace('-', '−');
    }
}
