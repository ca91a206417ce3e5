namespace MiniGrad.Plotting;

/// <summary>One panel in its place in the grid: how much room it needs around its plot area, and what it draws there.</summary>
internal abstract class PanelCell(Panel panel, IReadOnlyList<Rgb> colors, int row, int column)
{
    /// <summary>The smallest size of an axis label or a panel's title, as wide as its panel allows.</summary>
    protected const double SmallestLabel = 11;

    private const double TitleHeight = 20, TicksHeight = 22, XLabelHeight = 20;

    internal Panel Panel => panel;

    internal int Row => row;

    internal int Column => column;

    protected IReadOnlyList<Rgb> Colors => colors;

    /// <summary>Whether the horizontal axis's label is drawn; not where the panel below has the same.</summary>
    internal bool ShowsXLabel { get; set; } = true;

    /// <summary>The room above the plot area.</summary>
    internal virtual double Above => panel.Title is null ? 4 : TitleHeight;

    /// <summary>The room below the plot area.</summary>
    internal double Below => TicksHeight + (ShowsXLabel && panel.XLabel.Length > 0 ? XLabelHeight : 0);

    /// <summary>The room right of the plot area.</summary>
    internal abstract double Right { get; }

    /// <summary>The room left of the plot area between two heights; what lies on the vertical axis is decided here.</summary>
    internal abstract double Left(double top, double bottom);

    /// <summary>Everything within the cell, which reaches from <paramref name="left"/> to <paramref name="right"/>.</summary>
    internal abstract (PanelScene Scene, List<SceneItem> Around) Draw(Box area, double left, double right);

    /// <summary>The names that a legend must explain.</summary>
    internal virtual IEnumerable<KeyEntry> Key => [];

    /// <summary>Ticks closer together in a small panel, but never crowded.</summary>
    protected static double TickSpacing(double length, double usual) => Math.Clamp(length / 4, 0.7 * usual, usual);

    protected IEnumerable<TextItem> Title(double left, double right, double bottom)
    {
        if (panel.Title is null)
            yield break;
        double size = TextFit.SizeFor(panel.Title, Theme.PanelTitleSize, SmallestLabel, right - left, 1);
        yield return new TextItem(TextFit.Shorten(panel.Title, size, right - left), new(left, bottom - 7), size, Theme.Ink, Weight: Theme.Medium);
    }

    protected IEnumerable<TextItem> XLabel(Box area) =>
        ShowsXLabel ? AxisItems.XLabel(panel.XLabel, area, area.Width + 2 * Math.Min(Right, 10), SmallestLabel) : [];
}
