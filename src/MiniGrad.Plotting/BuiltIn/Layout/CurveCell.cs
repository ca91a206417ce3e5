namespace MiniGrad.Plotting;

/// <summary>A panel of curves within a grid.</summary>
internal sealed class CurveCell : PanelCell
{
    private const double TickSpacingX = 80, TickSpacingY = 46, LabelGap = 9;

    private readonly (double Low, double High) _horizontal;
    private AxisMap? _y;

    internal CurveCell(Panel panel, IReadOnlyList<Rgb> colors, int row, int column)
        : base(panel, colors, row, column)
    {
        Vertical = AxisLimits.Vertical(panel);
        _horizontal = AxisLimits.Horizontal(panel);
    }

    /// <summary>The vertical limits, which may be shared with other panels.</summary>
    internal (double Low, double High, bool Cut) Vertical { get; set; }

    /// <summary>Whether the vertical axis has its own label; not where one stands for all panels.</summary>
    internal bool ShowsYLabel { get; set; } = true;

    internal override double Right => 12;

    internal override IEnumerable<KeyEntry> Key => KeyEntry.Of(Panel with { EndValueFormat = null }, Colors, _horizontal, Vertical);

    private string YLabel => ShowsYLabel ? CurvePanel.YLabel(Panel, Vertical) : "";

    internal override double Left(double top, double bottom)
    {
        _y = new AxisMap(Panel.YScale, Vertical.Low, Vertical.High, bottom, top, TickSpacing(bottom - top, TickSpacingY), _ => 1.1 * Theme.TickSize);
        double label = AxisItems.YLabelWidth(YLabel, bottom - top, 2, SmallestLabel);
        return (label > 0 ? label + LabelGap : 0) + AxisItems.WidestTick(_y) + AxisItems.TickGap;
    }

    internal override (PanelScene Scene, List<SceneItem> Around) Draw(Box area, double left, double right)
    {
        var x = new AxisMap(Panel.XScale, _horizontal.Low, _horizontal.High, area.Left, area.Right, TickSpacing(area.Width, TickSpacingX), AxisItems.TickWidth, SweepItems.Settings(Panel));
        var frame = new PlotFrame(area, x, _y!);
        double yLabel = area.Left - Left(area.Top, area.Bottom);
        return (new(frame, CurveItems.Draw(Panel, Colors, frame)),
            [.. AxisItems.Frame(frame), .. Title(area.Left, right, area.Top), .. XLabel(area), .. AxisItems.YLabel(YLabel, yLabel, area, 2, SmallestLabel)]);
    }
}
