namespace MiniGrad.Plotting;

/// <summary>Lays out several panels in rows and columns, with plot areas of one size and one legend for all.</summary>
internal sealed class PanelGrid
{
    private const double ColumnGap = 16, RowGap = 10, SharedLabelGap = 9;

    private readonly List<PanelCell> _cells = [];
    private readonly int _rows, _columns;
    private readonly string? _sharedYLabel;

    internal PanelGrid(Figure figure)
    {
        List<Rgb[]> colors = figure.ColorsByPanel();
        _columns = Math.Min(figure.ColumnCount, figure.Panels.Count);
        _rows = (figure.Panels.Count + _columns - 1) / _columns;
        foreach ((int i, Panel panel) in figure.Panels.Index())
            _cells.Add(panel.IsRanking ? new RankingCell(panel, colors[i], i / _columns, i % _columns, (Theme.Width - 2 * Theme.Margin) / _columns) : new CurveCell(panel, colors[i], i / _columns, i % _columns));

        foreach (PanelCell cell in _cells)
            cell.ShowsXLabel = !_cells.Any(below => below.Column == cell.Column && below.Row == cell.Row + 1 && below.Panel.XLabel == cell.Panel.XLabel);
        CurveCell[] curves = [.. _cells.OfType<CurveCell>()];
        if (figure.SharedY && curves.Length > 0)
        {
            (double, double, bool) shared = (curves.Min(c => c.Vertical.Low), curves.Max(c => c.Vertical.High), curves.Any(c => c.Vertical.Cut));
            Array.ForEach(curves, c => c.Vertical = shared);
        }

        string[] labels = [.. curves.Select(c => CurvePanel.YLabel(c.Panel, c.Vertical)).Distinct()];
        if (curves.Length == _cells.Count && labels is [{ Length: > 0 } only])
        {
            _sharedYLabel = only;
            Array.ForEach(curves, c => c.ShowsYLabel = false);
        }
    }

    /// <summary>The panels and their legend between two heights of the page.</summary>
    internal Scene Compose(double top, double bottom)
    {
        (List<SceneItem> items, Box? legend) = LegendStrip.Draw(_cells.SelectMany(c => c.Key), top);
        top = legend is { } strip ? strip.Bottom + 6 : top;
        double left = Theme.Margin + (_sharedYLabel is null ? 0 : Theme.AxisLabelSize + SharedLabelGap);

        double[] above = [.. Rows(c => c.Above)], below = [.. Rows(c => c.Below)];
        double height = (bottom - top - above.Sum() - below.Sum() - (_rows - 1) * RowGap) / _rows;
        double[] tops = new double[_rows];
        for (int r = 0; r < _rows; r++)
            tops[r] = (r == 0 ? top : tops[r - 1] + height + below[r - 1] + RowGap) + above[r];

        double[] lefts = [.. Columns(c => c.Left(tops[c.Row], tops[c.Row] + height))], rights = [.. Columns(c => c.Right)];
        double width = (Theme.Width - Theme.Margin - left - lefts.Sum() - rights.Sum() - (_columns - 1) * ColumnGap) / _columns;
        var panels = new List<PanelScene>();
        foreach (PanelCell cell in _cells)
        {
            double start = left + Enumerable.Range(0, cell.Column).Sum(c => lefts[c] + width + rights[c] + ColumnGap);
            var area = new Box(start + lefts[cell.Column], tops[cell.Row], start + lefts[cell.Column] + width, tops[cell.Row] + height);
            (PanelScene scene, List<SceneItem> around) = cell.Draw(area, start, area.Right + rights[cell.Column]);
            panels.Add(scene);
            items.AddRange([.. around, .. scene.Data]);
        }

        if (_sharedYLabel is not null)
            items.AddRange(AxisItems.YLabel(_sharedYLabel, Theme.Margin, new(left, tops[0], left, tops[^1] + height)));
        return new(items, panels, legend, "");
    }

    private IEnumerable<double> Rows(Func<PanelCell, double> room) => Enumerable.Range(0, _rows).Select(r => _cells.Where(c => c.Row == r).Max(room));

    private IEnumerable<double> Columns(Func<PanelCell, double> room) => Enumerable.Range(0, _columns).Select(i => _cells.Where(c => c.Column == i).Max(room));
}
