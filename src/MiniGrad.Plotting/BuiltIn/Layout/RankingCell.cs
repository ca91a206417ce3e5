using System.Globalization;

namespace MiniGrad.Plotting;

/// <summary>A ranking: a row a variant with its name, a dot on an interval, the single runs below it, and the value.</summary>
internal sealed class RankingCell : PanelCell
{
    private const double TickSpacingX = 80, LineLabelHeight = 15, WidestName = 310, NameShare = 0.46, NameGap = 10, ValueGap = 10, SmallestOfTwoLines = 9, LineHeight = 1.2;

    private readonly string[] _values;
    private readonly double _widestName;
    private double _textSize = Theme.LabelSize;
    private int _nameLines = 1;

    /// <param name="panel">The ranking.</param>
    /// <param name="colors">Its rows' colours.</param>
    /// <param name="row">The row in the grid.</param>
    /// <param name="column">The column in the grid.</param>
    /// <param name="width">The width of a column, of which the names get a share.</param>
    internal RankingCell(Panel panel, IReadOnlyList<Rgb> colors, int row, int column, double width)
        : base(panel, colors, row, column)
    {
        _widestName = Math.Min(WidestName, NameShare * width);
        _values = [.. panel.Rows.Select(r => r.Note ?? (panel.EndValueFormat is null ? "" : Written(r.Value, panel.EndValueFormat)))];
    }

    internal override double Above => base.Above + LineLabelHeight * Panel.ReferenceLines.Count;

    internal override double Right => Math.Max(12, ValueGap + _values.Max(v => TextFont.Measure(v, Theme.LabelSize)));

    /// <summary>The width of the names, which take two lines where they are long and a row is high enough for them.</summary>
    internal override double Left(double top, double bottom)
    {
        double height = (bottom - top) / Panel.Rows.Count;
        _textSize = Math.Min(0.85 * height, Theme.LabelSize);
        if (Panel.Rows.Any(r => TextFont.Measure(r.Name, _textSize) > _widestName) && height >= 2 * LineHeight * SmallestOfTwoLines + 2)
            (_textSize, _nameLines) = (Math.Min(_textSize, (height - 2) / (2 * LineHeight)), 2);
        return NameGap + Panel.Rows.SelectMany(NameLines).Max(l => TextFont.Measure(l, _textSize));
    }

    internal override (PanelScene Scene, List<SceneItem> Around) Draw(Box area, double left, double right)
    {
        int n = Panel.Rows.Count;
        (double low, double high) = AxisLimits.Ranking(Panel);
        var frame = new PlotFrame(area,
            new AxisMap(Panel.XScale, low, high, area.Left, area.Right, TickSpacing(area.Width, TickSpacingX), AxisItems.TickWidth),
            new AxisMap(n - 0.5, -0.5, area.Bottom, area.Top, [.. Enumerable.Range(0, n).Select(i => new Tick(i, ""))]), UprightGrid: true);
        List<SceneItem> around = [.. AxisItems.Frame(frame), .. Title(left, right, area.Top - LineLabelHeight * Panel.ReferenceLines.Count), .. XLabel(area)];
        List<SceneItem> data = [.. Lines(frame)];
        foreach ((int i, RankRow row) in Panel.Rows.Index())
        {
            double y = frame.Y.Place(i), baseline = y + 0.35 * _textSize;
            List<string> lines = NameLines(row);
            around.AddRange(lines.Select((line, k) => new TextItem(line, new(area.Left - NameGap, baseline + (k - (lines.Count - 1) / 2.0) * LineHeight * _textSize), _textSize, Theme.Ink, TextAlign.Right)));
            if (_values[i].Length > 0)
                around.Add(new TextItem(_values[i], new(area.Right + ValueGap, baseline), _textSize, Theme.Ink));
            data.AddRange(RankingItems.Draw(row, Colors[i], y, area.Height / n, frame));
        }

        around.AddRange(LineLabels(frame, left, right));
        return (new(frame, data), around);
    }

    private List<string> NameLines(RankRow row) => TextFit.Wrap(row.Name, _textSize, _widestName, _nameLines);

    private IEnumerable<SceneItem> Lines(PlotFrame frame) => VisibleLines(frame).Select(l => new PolylineItem([new(l.X, frame.Area.Top), new(l.X, frame.Area.Bottom)],
        Theme.ReferenceWidth, Theme.Reference, frame.Area, LineRole.Reference, Dash: Theme.ReferenceDash(l.Index)));

    /// <summary>The lines' names above them, each on its own level.</summary>
    private IEnumerable<SceneItem> LineLabels(PlotFrame frame, double left, double right)
    {
        foreach ((int i, string label, double x) in VisibleLines(frame))
        {
            string text = TextFit.Shorten(label, Theme.LabelSize, right - left);
            double half = TextFont.Measure(text, Theme.LabelSize) / 2;
            double centre = Math.Clamp(x, Math.Min(left + half, right - half), right - half);
            yield return new TextItem(text, new(centre, frame.Area.Top - 6 - LineLabelHeight * (Panel.ReferenceLines.Count - 1 - i)), Theme.LabelSize, Theme.Reference, TextAlign.Centre);
        }
    }

    private IEnumerable<(int Index, string Label, double X)> VisibleLines(PlotFrame frame) => Panel.ReferenceLines
        .Select((line, i) => (i, line.Label, frame.X.Place(line.Y))).Where(l => l.Item3 >= frame.Area.Left && l.Item3 <= frame.Area.Right);

    private static string Written(double value, string format) =>
        double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−') : "no value";
}
