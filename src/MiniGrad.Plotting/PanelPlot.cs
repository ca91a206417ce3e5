namespace MiniGrad.Plotting;

/// <summary>A panel as a ScottPlot plot: ranges, axes with their labels and ticks, and the data.</summary>
internal abstract class PanelPlot(Panel panel, AxisRange x, AxisRange y)
{
    private const float SmallestLabel = 17, TitleInset = 4;
    private TextPanel? _title;

    internal Panel Panel => panel;
    internal Plot Plot { get; } = new();

    /// <summary>The ranges, which may be shared with other panels before the plot is built.</summary>
    internal AxisRange X { get; set; } = x;
    internal AxisRange Y { get; set; } = y;

    /// <summary>The vertical axis's label; empty where one stands for all panels.</summary>
    internal string YLabel { get; set; } = "";

    /// <summary>What is said of the vertical axis behind the title, where no label names its quantity.</summary>
    internal string TitleNote { get; set; } = "";

    /// <summary>Whether the horizontal axis's label is drawn; not where the panel below has the same.</summary>
    internal bool ShowsXLabel { get; set; } = true;

    /// <summary>What a legend must name.</summary>
    internal virtual IEnumerable<KeyEntry> Key(Func<string, LinePattern> dashes, bool values) => [];

    /// <summary>Fills the plot, whose data area will be about so wide and high.</summary>
    internal void Build(float width, float height, Func<string, LinePattern> dashes)
    {
        Plot.FigureBackground.Color = Plot.DataBackground.Color = Colors.Transparent;   // the page below has drawn its own
        foreach (IAxis axis in Plot.Axes.GetAxes())
        {
            axis.IsVisible = axis.Edge is Edge.Bottom or Edge.Left;
            FigureFont.Apply(axis.TickLabelStyle, Theme.TickSize, Theme.Muted);
            axis.FrameLineStyle.Color = axis.MajorTickStyle.Color = axis.MinorTickStyle.Color = Theme.Axis;
            axis.FrameLineStyle.Width = axis.MajorTickStyle.Width = axis.MinorTickStyle.Width = 2;
            (axis.MajorTickStyle.Length, axis.MinorTickStyle.Length) = axis.Edge == Edge.Bottom ? (8, 4) : (0, 0);
        }
        (Plot.Grid.MajorLineColor, Plot.Grid.MajorLineWidth) = (Theme.Grid, 2);
        FitXLabel(width);
        Label(Plot.Axes.Left.Label, YLabel, height);
        LabelStyle style = FigureFont.Style(Theme.PanelTitleSize, Theme.Ink);
        if (panel.Title is { } title) Plot.Axes.AddPanel(_title = new(Edge.Top, title + TitleNote, style, width, 1, panel.IsRanking ? TitleInset : null, below: 4));
        AddData(width, height, dashes);
        Plot.Axes.SetLimits(X.Low, X.High, Y.Low, Y.High);
    }

    /// <summary>Writes the horizontal axis's label within a width.</summary>
    internal void FitXLabel(float width) => Label(Plot.Axes.Bottom.Label, ShowsXLabel ? panel.XLabel + Scale(panel.XScale) : "", width);

    /// <summary>Writes the title within the room from the data's left, or a ranking's from the names', to the right end.</summary>
    internal void FitTitle(float left, float width, float right) => _title?.Fit(panel.IsRanking ? left + width + right - TitleInset : width + right);

    /// <summary>What a label says of a logarithmic axis.</summary>
    protected static string Scale(AxisScale scale) => scale == AxisScale.Logarithmic ? " (log scale)" : "";

    protected abstract void AddData(float width, float height, Func<string, LinePattern> dashes);

    private static void Label(LabelStyle style, string text, float length)
    {
        FigureFont.Apply(style, Theme.AxisLabelSize, Theme.Ink);
        (style.FontSize, string[] lines) = FigureFont.Fit(text, Theme.AxisLabelSize, SmallestLabel, length, 2);
        style.Text = string.Join('\n', lines);
    }
}
