namespace MiniGrad.Plotting;

/// <summary>A ranking: a row a variant with its name, a dot on an interval, the single runs below it, and the value at the right.</summary>
internal sealed class RankingPlot(Panel panel, IReadOnlyList<Rgb> colors) : PanelPlot(panel, AxisRange.OfRows(panel), new AxisRange(-0.5, panel.Rows.Count - 0.5))
{
    private const float TickSpacing = 110, NameShare = 0.42f, LineHeight = 1.25f;

    /// <summary>Whether a panel beside this one names reference lines above its data, so that this one leaves the same room.</summary>
    internal bool LeavesRoom { get; set; }

    protected override void AddData(float width, float height, Func<string, LinePattern> dashes)
    {
        float row = height / Panel.Rows.Count, size = Math.Min(Theme.TickSize, 0.8f * row / LineHeight);
        NumericManual names = new(), values = new(), labels = new();
        foreach ((int i, RankRow r) in Panel.Rows.Index())
        {
            double y = Panel.Rows.Count - 1 - i;
            names.AddMajor(y, string.Join('\n', FigureFont.Fit(r.Name, size, Math.Min(size, 17), NameShare * width, row >= 3 * size ? 2 : 1).Lines));
            values.AddMajor(y, r.Note ?? (Panel.EndValueFormat is null ? "" : Written(r.Value, Panel.EndValueFormat)));
            AddRow(r, colors[i].ToColor(), y, Math.Min(0.28, 14 / row), Math.Min(Theme.RankDot, 0.5f * row));
        }
        Axis(Plot.Axes.Left, names, size);
        Axis(Plot.Axes.Right, values, size);
        (Plot.Axes.Right.Min, Plot.Axes.Right.Max) = (Y.Low, Y.High);
        Plot.Axes.Bottom.TickGenerator = new AxisTicks(Panel.XScale, TickSpacing);
        Plot.Grid.YAxisStyle.IsVisible = false;
        (string Label, double X)[] lines = [.. Panel.ReferenceLines.Select(l => (l.Label, AxisRange.To(Panel.XScale, l.Y))).Where(l => X.Contains(l.Item2)).OrderBy(l => l.Item2)];
        foreach ((string label, double x) in lines) Plot.Add.VerticalLine(x, Theme.ReferenceWidth, Theme.Reference, dashes(label));
        foreach ((string label, double x) in Together(lines, X.Span / ((1 - NameShare) * width))) labels.AddMajor(x, label);
        if (lines.Length == 0 && LeavesRoom) labels.AddMajor(X.Low, " ");
        else if (lines.Length == 0) return;
        Axis(Plot.Axes.Top, labels, Theme.TickSize);
        (Plot.Axes.Top.Min, Plot.Axes.Top.Max) = (X.Low, X.High);
    }

    /// <summary>Labels that would touch are one, in the middle.</summary>
    private static List<(string Label, double X)> Together((string Label, double X)[] lines, double pixel)
    {
        double Half(string text) => (FigureFont.Measure(text, Theme.TickSize) / 2 + 6) * pixel;
        var all = new List<(string Label, double X)>();
        foreach ((string label, double x) in lines)
        {
            if (all is [.., var last] && last.X + Half(last.Label) > x - Half(label)) all[^1] = ($"{last.Label}, {label}", (last.X + x) / 2);
            else all.Add((label, x));
        }
        return all;
    }

    private void AddRow(RankRow row, Color color, double y, double below, float dot)
    {
        double At(double value) => AxisRange.To(Panel.XScale, value);
        if (row.Low is { } low && row.High is { } high)
        {
            double from = double.IsNaN(At(low)) ? X.Low : At(low), to = double.IsNaN(At(high)) ? X.High : At(high);
            Plot.Add.ScatterLine(new Coordinates[] { new(from, y), new(to, y) }, color).LineWidth = Theme.RankBar;
        }
        Coordinates[] runs = [.. row.Runs.Select(v => new Coordinates(At(v), y - below)).Where(p => double.IsFinite(p.X))];
        if (runs.Length > 0) Plot.Add.Markers(runs, MarkerShape.FilledCircle, Theme.RunDot, color.WithAlpha(Theme.RunDotOpacity));
        if (double.IsFinite(At(row.Value))) Plot.Add.Marker(At(row.Value), y, MarkerShape.FilledCircle, dot, color);
    }

    private static void Axis(IAxis axis, NumericManual ticks, float size)
    {
        FigureFont.Apply(axis.TickLabelStyle, size, Theme.Ink);
        (axis.IsVisible, axis.TickGenerator) = (true, ticks);
        (axis.MajorTickStyle.Length, axis.FrameLineStyle.Width) = (0, axis.Edge == Edge.Left ? 2 : 0);
    }

    private static string Written(double value, string format) =>
        double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−') : "no value";
}
