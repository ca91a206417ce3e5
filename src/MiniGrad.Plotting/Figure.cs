namespace MiniGrad.Plotting;

/// <summary>How values are spread along an axis.</summary>
public enum AxisScale
{
    /// <summary>Equal distances for equal differences.</summary>
    Linear,

    /// <summary>Equal distances for equal ratios; values that are not positive are left out as gaps.</summary>
    Logarithmic,
}

/// <summary>A thin labelled horizontal line to measure the curves against, such as a bigram model's loss.</summary>
/// <param name="Label">What stands at that height, for example <c>bigram model 2.40</c>.</param>
/// <param name="Y">The height, in the unit of the figure's vertical axis.</param>
public sealed record ReferenceLine(string Label, double Y);

/// <summary>One figure as data: what to say and what to draw, without a word on how; every renderer draws the same figure.</summary>
public sealed record Figure
{
    /// <summary>What is shown, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The finding in one line, drawn bold under the title; null for none.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The horizontal axis and its unit, for example <c>step</c>.</summary>
    public required string XLabel { get; init; }

    /// <summary>The vertical axis and its unit, for example <c>validation loss (nats per byte)</c>.</summary>
    public required string YLabel { get; init; }

    /// <summary>The horizontal scale.</summary>
    public AxisScale XScale { get; init; }

    /// <summary>The vertical scale.</summary>
    public AxisScale YScale { get; init; }

    /// <summary>The bottom of the vertical axis; null to take it from the data. Curves are clipped to the axes.</summary>
    public double? YMin { get; init; }

    /// <summary>The top of the vertical axis; null to take it from the data. Curves are clipped to the axes.</summary>
    public double? YMax { get; init; }

    /// <summary>The curves, drawn in this order (the last one on top).</summary>
    public required IReadOnlyList<Curve> Curves { get; init; }

    /// <summary>Thin labelled horizontal lines.</summary>
    public IReadOnlyList<ReferenceLine> ReferenceLines { get; init; } = [];

    /// <summary>What a reader must know to judge the figure (n, seeds, corpus, protocol, verdict); wrapped under the plot.</summary>
    public string? Caption { get; init; }

    /// <summary>A .NET number format such as <c>F3</c> by which each curve's last value follows its name; null to leave it out.</summary>
    public string? EndValueFormat { get; init; }

    /// <summary>The colours of <see cref="Curves"/> in their order, by <see cref="Palette.Assign"/> over the curves' colour keys.</summary>
    public IReadOnlyList<Rgb> Colors => Palette.Assign([.. Curves.Select(c => c.ColorKey ?? c.Name)]);

    /// <summary>Throws if the figure cannot be drawn.</summary>
    /// <exception cref="ArgumentException">There is no curve, lengths differ, x is not ascending, limits are reversed or nothing is finite.</exception>
    public void Validate()
    {
        if (Curves.Count == 0)
            throw new ArgumentException($"figure '{Title}': found no curves, expected at least one; add a curve or do not draw the figure");
        foreach (Curve curve in Curves)
            curve.Validate(Title);
        if (YMin >= YMax)
            throw new ArgumentException($"figure '{Title}': found YMin {YMin} and YMax {YMax}, expected YMin below YMax; swap or drop them");
        if (YScale == AxisScale.Logarithmic && (YMin <= 0 || YMax <= 0))
            throw new ArgumentException($"figure '{Title}': found a limit of {(YMin <= 0 ? YMin : YMax)} on a logarithmic axis, expected one above 0; drop it or use a linear axis");
        if (!Curves.Any(HasDrawableValue))
        {
            throw new ArgumentException($"figure '{Title}': found no value that can be drawn, expected a finite"
                + (YScale == AxisScale.Logarithmic || XScale == AxisScale.Logarithmic ? " positive" : "") + " one in at least one curve; check the runs");
        }
    }

    /// <summary>Whether a coordinate has a place on an axis of this scale.</summary>
    internal static bool IsDrawable(double value, AxisScale scale) =>
        double.IsFinite(value) && (scale == AxisScale.Linear || value > 0);

    private bool HasDrawableValue(Curve curve) =>
        curve.Lines().Any(y => Enumerable.Range(0, y.Count).Any(i => IsDrawable(y[i], YScale) && IsDrawable(curve.X[i], XScale)));
}
