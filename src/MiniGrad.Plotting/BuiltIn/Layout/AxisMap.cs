namespace MiniGrad.Plotting;

/// <summary>A labelled place on an axis; an empty label is a minor line.</summary>
internal readonly record struct Tick(double Value, string Label);

/// <summary>Maps values onto one side of the plot area, and says where the ticks are.</summary>
internal sealed class AxisMap
{
    private const double Far = 1e5, LabelGap = 5;

    private readonly double _from, _to, _low, _high;

    /// <summary>
    /// An axis from <paramref name="low"/> at canvas position <paramref name="from"/> to <paramref name="high"/> at <paramref name="to"/>,
    /// with ticks about <paramref name="tickSpacing"/> apart, or farther if their labels, of that extent, would touch; or, where their
    /// labels have room, exactly at the values <paramref name="at"/>.
    /// </summary>
    internal AxisMap(AxisScale scale, double low, double high, double from, double to, double tickSpacing, Func<string, double> labelExtent,
        IReadOnlyList<double>? at = null)
    {
        (Scale, Low, High, _from, _to) = (scale, low, high, from, to);
        (_low, _high) = (Transform(low), Transform(high));
        Ticks = at is null ? [] : LinearTicks.Exact([.. at.Where(v => v >= low && v <= high)]);
        if (Ticks.Count > 0 && !LabelsTouch(labelExtent))
            return;
        int target = Math.Max(2, (int)Math.Round(Math.Abs(to - from) / tickSpacing));
        do
        {
            Ticks = scale == AxisScale.Linear ? LinearTicks.Choose(low, high, target) : LogTicks.Choose(low, high, target);
        }
        while (LabelsTouch(labelExtent) && --target >= 1);
        Ticks = Thinned(Ticks, labelExtent);
    }

    /// <summary>A linear axis with given ticks.</summary>
    internal AxisMap(double low, double high, double from, double to, IReadOnlyList<Tick> ticks)
    {
        (Low, High, _from, _to, _low, _high) = (low, high, from, to, low, high);
        Ticks = ticks;
    }

    internal AxisScale Scale { get; }

    internal double Low { get; }

    internal double High { get; }

    internal IReadOnlyList<Tick> Ticks { get; }

    internal IEnumerable<Tick> Labelled => Ticks.Where(t => t.Label.Length > 0);

    /// <summary>The canvas position of a value, NaN if it has none; far outside the canvas it is held, so that sums stay finite.</summary>
    internal double Place(double value) => Figure.IsDrawable(value, Scale)
        ? Math.Clamp(_from + (Transform(value) - _low) / (_high - _low) * (_to - _from), -Far, Far)
        : double.NaN;

    /// <summary>The position of a band's edge: what a logarithmic axis cannot show lies beyond its low end.</summary>
    internal double PlaceEdge(double value) => Scale == AxisScale.Logarithmic && value <= 0
        ? _from - (_to - _from)
        : Place(value);

    /// <summary>The ticks without the labels that would touch the one before: in a very narrow panel even the fewest do.</summary>
    private List<Tick> Thinned(IReadOnlyList<Tick> ticks, Func<string, double> extent)
    {
        var kept = new List<Tick>();
        Tick? last = null;
        foreach (Tick tick in ticks)
        {
            bool touches = tick.Label.Length > 0 && last is { } before && Touch(before, tick, extent);
            kept.Add(touches ? tick with { Label = "" } : tick);
            last = tick.Label.Length > 0 && !touches ? tick : last;
        }

        return kept;
    }

    private bool LabelsTouch(Func<string, double> extent) => Labelled.Zip(Labelled.Skip(1)).Any(p => Touch(p.First, p.Second, extent));

    private bool Touch(Tick a, Tick b, Func<string, double> extent) =>
        Math.Abs(Place(b.Value) - Place(a.Value)) < (extent(a.Label) + extent(b.Label)) / 2 + LabelGap;

    /// <summary>The value's coordinate in which the axis is linear: itself, or its decimal logarithm.</summary>
    internal double Transform(double value) => Scale == AxisScale.Linear ? value : Math.Log10(value);
}
