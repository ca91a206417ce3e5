namespace MiniGrad.Plotting;

/// <content>The short form for a figure of one panel: its properties are set on the figure and kept in its only panel.</content>
public sealed partial record Figure
{
    /// <inheritdoc cref="Panel.XLabel"/>
    public string XLabel { get => First.XLabel; init => Only = Only with { XLabel = value }; }

    /// <inheritdoc cref="Panel.YLabel"/>
    public string YLabel { get => First.YLabel; init => Only = Only with { YLabel = value }; }

    /// <inheritdoc cref="Panel.XScale"/>
    public AxisScale XScale { get => First.XScale; init => Only = Only with { XScale = value }; }

    /// <inheritdoc cref="Panel.YScale"/>
    public AxisScale YScale { get => First.YScale; init => Only = Only with { YScale = value }; }

    /// <inheritdoc cref="Panel.XMin"/>
    public double? XMin { get => First.XMin; init => Only = Only with { XMin = value }; }

    /// <inheritdoc cref="Panel.XMax"/>
    public double? XMax { get => First.XMax; init => Only = Only with { XMax = value }; }

    /// <inheritdoc cref="Panel.YMin"/>
    public double? YMin { get => First.YMin; init => Only = Only with { YMin = value }; }

    /// <inheritdoc cref="Panel.YMax"/>
    public double? YMax { get => First.YMax; init => Only = Only with { YMax = value }; }

    /// <inheritdoc cref="Panel.Curves"/>
    public IReadOnlyList<Curve> Curves { get => First.Curves; init => Only = Only with { Curves = value }; }

    /// <inheritdoc cref="Panel.Rows"/>
    public IReadOnlyList<RankRow> Rows { get => First.Rows; init => Only = Only with { Rows = value }; }

    /// <inheritdoc cref="Panel.ReferenceLines"/>
    public IReadOnlyList<ReferenceLine> ReferenceLines { get => First.ReferenceLines; init => Only = Only with { ReferenceLines = value }; }

    /// <inheritdoc cref="Panel.EndValueFormat"/>
    public string? EndValueFormat { get => First.EndValueFormat; init => Only = Only with { EndValueFormat = value }; }

    private Panel First => Panels.Count > 0 ? Panels[0] : new Panel();

    private Panel Only
    {
        get => Panels.Count == 1
            ? Panels[0]
            : throw new ArgumentException($"figure '{Title}': found a panel's property set on a figure of {Panels.Count} panels, expected one panel; set it on a panel");
        init => Panels = [value];
    }
}
