namespace MiniGrad.Plotting;

/// <summary>How values are spread along an axis.</summary>
public enum AxisScale
{
    /// <summary>Equal distances for equal differences.</summary>
    Linear,
    /// <summary>Equal distances for equal ratios, as the axis's label says; values that are not positive are left out as gaps.</summary>
    Logarithmic,
}

/// <summary>A thin labelled line to measure the data against, such as a bigram model's loss: level among curves, upright in a ranking.</summary>
/// <param name="Label">What stands at that value, for example <c>bigram model 2.40</c>; lines of equal labels are drawn alike.</param>
/// <param name="Y">The value, in the unit of the axis on which the panel's values lie: vertical for curves, horizontal for a ranking.</param>
public sealed record ReferenceLine(string Label, double Y);

/// <summary>One plot area with its own axes: curves (<see cref="Curves"/>) or a ranking (<see cref="Rows"/>).</summary>
public sealed record Panel
{
    /// <summary>What this panel shows, in a few words above it; null for none.</summary>
    public string? Title { get; init; }

    /// <summary>The horizontal axis and its unit, for example <c>step</c>; empty for none. Drawn once where the panel below has the same.</summary>
    public string XLabel { get; init; } = "";

    /// <summary>The vertical axis and its unit, for example <c>validation loss (nats per byte)</c>; empty for none. Drawn once where all panels have the same.</summary>
    public string YLabel { get; init; } = "";

    /// <summary>The horizontal scale.</summary>
    public AxisScale XScale { get; init; }

    /// <summary>The vertical scale.</summary>
    public AxisScale YScale { get; init; }

    /// <summary>The bottom of the vertical axis; null to take it from the data. What is cut off by a limit, the label says.</summary>
    public double? YMin { get; init; }

    /// <summary>The top of the vertical axis; null to take it from the data. What is cut off by a limit, the label says.</summary>
    public double? YMax { get; init; }

    /// <summary>The curves, drawn in this order (the last one on top).</summary>
    public IReadOnlyList<Curve> Curves { get; init; } = [];

    /// <summary>The rows of a ranking from the top down, in the caller's order; a panel has these or <see cref="Curves"/>.</summary>
    public IReadOnlyList<RankRow> Rows { get; init; } = [];

    /// <summary>Thin labelled lines: level among curves, upright in a ranking.</summary>
    public IReadOnlyList<ReferenceLine> ReferenceLines { get; init; } = [];

    /// <summary>
    /// A .NET number format such as <c>F3</c> by which a ranking's values stand at its right and, in a figure of one panel, each curve's
    /// last value follows its name; null to leave them out.
    /// </summary>
    public string? EndValueFormat { get; init; }

    /// <summary>Whether the panel is a ranking.</summary>
    internal bool IsRanking => Rows.Count > 0;

    /// <summary>The names that choose the colours of the curves, or of the rows.</summary>
    internal IEnumerable<string> ColorKeys => Curves.Select(c => c.ColorKey ?? c.Name).Concat(Rows.Select(r => r.ColorKey ?? r.Name));

    /// <summary>Throws if the panel cannot be drawn; <paramref name="where"/> begins the message.</summary>
    internal void Validate(string where)
    {
        if (Curves.Count == 0 && Rows.Count == 0) throw new ArgumentException($"{where}: found no curves, expected at least one; add a curve or do not draw the figure");
        if (Curves.Count > 0 && Rows.Count > 0) throw new ArgumentException($"{where}: found {Curves.Count} curves and {Rows.Count} rows, expected one kind; make two panels of them");
        foreach (Curve curve in Curves) curve.Validate(where);
        foreach (RankRow row in Rows) row.Validate(where);
        if (YMin >= YMax) throw new ArgumentException($"{where}: found YMin {YMin} and YMax {YMax}, expected YMin below YMax; swap or drop them");
        if (YScale == AxisScale.Logarithmic && (YMin <= 0 || YMax <= 0))
            throw new ArgumentException($"{where}: found a limit of {(YMin <= 0 ? YMin : YMax)} on a logarithmic axis, expected one above 0; drop it or use a linear axis");
        if (Curves.Any(HasPlace) || Rows.Any(r => double.IsFinite(AxisRange.To(XScale, r.Value)))) return;
        string positive = YScale == AxisScale.Logarithmic || XScale == AxisScale.Logarithmic ? " positive" : "";
        throw new ArgumentException($"{where}: found no value that can be drawn, expected a finite{positive} one in at least one {(IsRanking ? "row" : "curve")}; check the runs");
    }

    private bool HasPlace(Curve curve) => curve.Lines().Any(line => line.Zip(curve.X, (y, x) => AxisRange.To(YScale, y) + AxisRange.To(XScale, x)).Any(double.IsFinite));
}
