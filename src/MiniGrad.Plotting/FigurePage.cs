namespace MiniGrad.Plotting;

/// <summary>A figure as plots: the page, around which stand title, finding, legend and caption, and on it the panels, with data areas of one size and with limits and labels that they share.</summary>
internal sealed class FigurePage : IMultiplotLayout, IDisposable
{
    private const float RightRoom = 16;
    private static readonly PixelRect Canvas = new(0, Theme.Width, Theme.Height, 0);

    private readonly Plot _page = new();
    private readonly PanelPlot[] _panels;
    private readonly int _columns, _rows;

    /// <exception cref="ArgumentException">The figure cannot be drawn.</exception>
    internal FigurePage(Figure figure)
    {
        figure.Validate();
        var colors = new Queue<Rgb>(figure.Colors);
        _panels = [.. figure.Panels.Select(p => p.IsRanking ? (PanelPlot)new RankingPlot(p, Colors(p)) : new CurvePlot(p, Colors(p)))];
        _columns = figure.ColumnCount;
        _rows = (_panels.Length + _columns - 1) / _columns;
        string[] lines = [.. figure.Panels.SelectMany(p => p.ReferenceLines).Select(l => l.Label).Distinct()];
        Func<string, LinePattern> dashes = label => Theme.ReferenceDashes[Array.IndexOf(lines, label) % Theme.ReferenceDashes.Length];

        ShareLimits();
        ShareLabels();
        foreach (RankingPlot[] row in _panels.Chunk(_columns).Select(row => row.OfType<RankingPlot>().ToArray()))
            foreach (RankingPlot plot in row) plot.LeavesRoom = row.Any(p => p.Panel.ReferenceLines.Count > 0);
        EndLabels? ends = null;
        if (_panels is [CurvePlot { Panel.Title: null } only] && only.Key(dashes, values: true).ToList() is var key && EndLabels.Suit(key, only.X, only.Y)) ends = new EndLabels(key);
        Key = [.. _panels.SelectMany(p => p.Key(dashes, _panels.Length == 1)).DistinctBy(e => (e.Text, e.Color, e.Dash.Intervals?.FirstOrDefault(), e.Marks))];
        AddTexts(figure, ends is null);
        PixelRect area = Area();
        foreach (PanelPlot panel in _panels) panel.Build((area.Width - 20) / _columns - 130 - (ends is null ? 0 : 300), area.Height / _rows - 90, dashes);
        if (ends is not null) _panels[0].Plot.Axes.AddPanel(ends);

        Rgb[] Colors(Panel panel) => [.. panel.ColorKeys.Select(_ => colors.Dequeue())];
    }

    internal IReadOnlyList<PanelPlot> Panels => _panels;

    /// <summary>What must be named: in the legend, or at the ends of the curves.</summary>
    internal IReadOnlyList<KeyEntry> Key { get; }

    /// <summary>Where the panels stand, axes and their labels included.</summary>
    internal PixelRect Area()
    {
        using Paint paint = Paint.NewDisposablePaint();
        PixelRect data = new ScottPlot.LayoutEngines.Automatic().GetLayout(Canvas, _page, paint).DataRect;
        return new(Math.Max(Theme.Margin, data.Left), data.Right - Theme.Margin, data.Bottom, data.Top);
    }

    /// <summary>Draws the figure.</summary>
    internal void Render(SkiaSharp.SKCanvas canvas)
    {
        var plots = new Multiplot(_page) { Layout = this };
        foreach (PanelPlot panel in _panels) plots.Subplots.Add(panel.Plot);
        // A plot whose limits are new is drawn twice, which would double what is translucent: at first nothing is drawn.
        using var nowhere = new SkiaSharp.SKNoDrawCanvas(Theme.Width, Theme.Height);
        plots.Render(nowhere, Canvas);
        plots.Render(canvas, Canvas);
    }

    /// <summary>The page, and a place for every panel; a panel's padding is that of the widest axis in its column and the highest in its row.</summary>
    public PixelRect[] GetSubplotRectangles(SubplotCollection subplots, PixelRect figureRect)
    {
        using Paint paint = Paint.NewDisposablePaint();
        PixelRect area = Area();
        var cell = new PixelRect(0, area.Width / _columns, area.Height / _rows, 0);
        PixelPadding[] own = [.. _panels.Select(p => new ScottPlot.LayoutEngines.Automatic().GetLayout(cell, p.Plot, paint).DataRect)
            .Select(d => new PixelPadding(d.Left, Math.Max(RightRoom, cell.Right - d.Right), cell.Bottom - d.Bottom, d.Top))];
        float[] left = Widest(_columns, i => i % _columns, p => p.Left), right = Widest(_columns, i => i % _columns, p => p.Right), top = Widest(_rows, i => i / _columns, p => p.Top), bottom = Widest(_rows, i => i / _columns, p => p.Bottom);
        float width = (area.Width - left.Sum() - right.Sum() - (_columns - 1) * Theme.ColumnGap) / _columns;
        float height = (area.Height - top.Sum() - bottom.Sum() - (_rows - 1) * Theme.RowGap) / _rows;
        var places = new PixelRect[_panels.Length];
        for (int i = 0; i < places.Length; i++)
        {
            (int c, int r) = (i % _columns, i / _columns);
            _panels[i].FitXLabel(width + 2 * Math.Min(left[c], right[c]) - 12);
            _panels[i].FitTitle(left[c], width, right[c]);
            _panels[i].Plot.Layout.Fixed(new PixelPadding(left[c], right[c], bottom[r], top[r]));
            float x = area.Left + left[..c].Sum() + right[..c].Sum() + c * (width + Theme.ColumnGap), y = area.Top + top[..r].Sum() + bottom[..r].Sum() + r * (height + Theme.RowGap);
            places[i] = new(x, x + left[c] + width + right[c], y + top[r] + height + bottom[r], y);
        }
        return [figureRect, .. places];

        float[] Widest(int count, Func<int, int> of, Func<PixelPadding, float> side) => [.. Enumerable.Range(0, count).Select(n => own.Where((_, i) => of(i) == n).Max(side))];
    }

    public void Dispose()
    {
        _page.Dispose();
        foreach (PanelPlot panel in _panels) panel.Plot.Dispose();
    }

    /// <summary>Panels of one quantity have one range, so that heights, and lengths of a ranking, compare.</summary>
    private void ShareLimits()
    {
        foreach (IGrouping<object, PanelPlot> same in _panels.Where(p => Quantity(p).Length > 0).GroupBy(p => (object)(Quantity(p), p.Panel.IsRanking, p.Panel.IsRanking ? p.Panel.XScale : p.Panel.YScale)))
        {
            (AxisRange x, AxisRange y) = (same.Select(p => p.X).Aggregate((a, b) => a.With(b)), same.Select(p => p.Y).Aggregate((a, b) => a.With(b)));
            foreach (PanelPlot plot in same) (plot.X, plot.Y) = plot.Panel.IsRanking ? (x, plot.Y) : (plot.X, y);
        }
        static string Quantity(PanelPlot plot) => plot.Panel.IsRanking ? plot.Panel.XLabel : plot.Panel.YLabel;
    }

    /// <summary>A horizontal label stands once where the panel below has the same, a vertical one once where all have the same.</summary>
    private void ShareLabels()
    {
        foreach ((int i, PanelPlot panel) in _panels.Index())
            panel.ShowsXLabel = i + _columns >= _panels.Length || _panels[i + _columns].Panel.XLabel != panel.Panel.XLabel || _panels[i + _columns].Panel.XScale != panel.Panel.XScale;
        string[] labels = [.. _panels.Select(p => p is CurvePlot c ? c.ScaledYLabel : "").Distinct()];
        bool shared = _panels.Length > 1 && labels is [{ Length: > 0 }];
        foreach (CurvePlot plot in _panels.OfType<CurvePlot>().Where(_ => !shared))
        {
            string label = plot.ScaledYLabel + plot.Y.Cuts(plot.Panel);
            (plot.TitleNote, plot.YLabel) = plot.Panel is { YLabel.Length: 0, Title: not null } ? (label, "") : ("", label);
        }
        _page.HideAxesAndGrid();
        if (!shared) return;
        FigureFont.Apply(_page.Axes.Left.Label, Theme.AxisLabelSize, Theme.Ink);
        (_page.Axes.Left.Label.Text, _page.Axes.Left.IsVisible, _page.Axes.Left.FrameLineStyle.Width) = (labels[0] + _panels.Select(p => p.Y.Cuts(p.Panel)).FirstOrDefault(cut => cut.Length > 0, ""), true, 0);
        (_page.Axes.Left.TickGenerator, _page.Axes.Left.MajorTickStyle.Length) = (new ScottPlot.TickGenerators.NumericManual(), 0);
        _page.Axes.SetLimits(0, 1, 0, 1);
        ((ScottPlot.AxisPanels.AxisBase)_page.Axes.Left).PaddingOutsideAxisLabels = new(Theme.Margin / 2, 0);
    }

    /// <summary>The page's texts; a panel that is added earlier stands nearer to the data.</summary>
    private void AddTexts(Figure figure, bool legend)
    {
        float width = Theme.Width - 2 * Theme.Margin;
        string? caption = figure.Panels.SelectMany(p => p.Curves).Any(c => c.StoppedEarly().Any()) ? $"{figure.Caption} × marks where a run stopped early." : figure.Caption;
        if (legend && Key.Count > 0) _page.Axes.AddPanel(new LegendStrip(_page, Key.Select(e => e.ToLegendItem())));
        _page.Axes.AddPanel(new TextPanel(Edge.Top, figure.Subtitle, FigureFont.Style(Theme.FindingSize, Theme.Ink, bold: true), width, 2, Theme.Margin, below: 10));
        _page.Axes.AddPanel(new TextPanel(Edge.Top, figure.Title, FigureFont.Style(Theme.TitleSize, Theme.Ink), width, 2, Theme.Margin, above: 20));
        _page.Axes.AddPanel(new TextPanel(Edge.Bottom, caption, FigureFont.Style(Theme.CaptionSize, Theme.Muted), width, 3, Theme.Margin, above: 8, below: 18));
    }
}
