namespace MiniGrad.Plotting;

/// <summary>The range of an axis in its own units: values, or their logarithms to the base 10 on a logarithmic axis.</summary>
internal readonly record struct AxisRange(double Low, double High)
{
    private const double Padding = 0.05;
    /// <summary>How far, in units of the data's range, bands, bars and reference lines may stretch an axis.</summary>
    private const double BandStretch = 0.25, BarStretch = 1, ReferenceStretch = 0.6;

    /// <summary>A spike this many times the range below the 99th percentile is cut off, or nothing else could be seen.</summary>
    private const double Spike = 10;

    internal double Span => High - Low;
    internal double Clamp(double value) => double.IsNaN(value) ? Low : Math.Clamp(value, Low, High);
    internal bool Contains(double value) => value >= Low - 1e-3 * Span && value <= High + 1e-3 * Span;
    internal AxisRange With(double value) => new(Math.Min(Low, value), Math.Max(High, value));
    internal AxisRange With(AxisRange other) => With(other.Low).With(other.High);

    /// <summary>A value in the units of an axis; NaN where it has no place there.</summary>
    internal static double To(AxisScale scale, double value) => scale == AxisScale.Linear && double.IsFinite(value) ? value : value > 0 && double.IsFinite(value) ? Math.Log10(value) : double.NaN;

    /// <summary>The value at a place of an axis.</summary>
    internal static double From(AxisScale scale, double place) => scale == AxisScale.Logarithmic ? Math.Pow(10, place) : place;

    /// <summary>The horizontal range of curves: the data's, from 0 where they begin near it; with room for marks at both ends.</summary>
    internal static AxisRange OfX(Panel panel)
    {
        bool marks = panel.Curves.Any(c => c.Marks);
        AxisRange data = Of(panel.Curves.SelectMany(c => c.X), panel.XScale);
        if (panel.XScale == AxisScale.Linear && !marks && data.Low > 0 && data.Low < 0.05 * data.High) data = data with { Low = 0 };
        if (marks || data.Span == 0) return data.Padded(panel.XScale, 2);
        // A cross at a run's end is not to lie half outside.
        bool stops = panel.Curves.Any(c => c.StoppedEarly().Any(s => To(panel.XScale, c.X[s.Index]) < data.Low + 0.02 * data.Span));
        return stops ? data with { Low = data.Low - 0.02 * data.Span } : data;
    }

    /// <summary>The vertical range of curves. Spikes that would press the rest together are cut, ends of curves, which carry the result, are not; bands, bars and lines stretch it.</summary>
    internal static AxisRange OfY(Panel panel)
    {
        AxisScale scale = panel.YScale;
        double[] values = [.. Places(panel).Order()];
        AxisRange data = new(values[0], values[^1]), usual = new(values[0], values[(int)(0.99 * (values.Length - 1))]);
        if (panel.YMax is null && usual.Span > 0 && data.Span > (1 + Spike) * usual.Span)
        {
            data = usual with { High = usual.High + 0.1 * usual.Span };
            foreach (Curve curve in panel.Curves.Where(c => c.LastIndex() >= 0)) data = data.With(double.IsNaN(To(scale, curve.Mean[curve.LastIndex()])) ? data.Low : To(scale, curve.Mean[curve.LastIndex()]));
        }
        AxisRange range = data.Stretched(Edges(panel), scale, panel.Curves.Any(c => c.Marks) ? BarStretch : BandStretch, all: true)
            .Stretched(panel.ReferenceLines.Select(r => r.Y), scale, ReferenceStretch, all: false);
        AxisRange padded = range.Padded(scale);
        if (scale == AxisScale.Linear && range.Low >= 0) padded = padded with { Low = Math.Max(0, padded.Low) };
        double low = panel.YMin is { } min ? To(scale, min) : padded.Low, high = panel.YMax is { } max ? To(scale, max) : padded.High;
        // A given limit may lie beyond all the data.
        return low < high ? new(low, high) : panel.YMin is null ? new(high - 1, high) : new(low, low + 1);
    }

    /// <summary>The range of a ranking's values and single runs, with their intervals.</summary>
    internal static AxisRange OfRows(Panel panel) => Of(panel.Rows.SelectMany(r => r.Runs.Prepend(r.Value)), panel.XScale)
        .Stretched(panel.Rows.SelectMany(r => new[] { r.Low, r.High }).OfType<double>(), panel.XScale, BarStretch, all: true)
        .Stretched(panel.ReferenceLines.Select(r => r.Y), panel.XScale, BarStretch, all: false).Padded(panel.XScale);

    /// <summary>What a label says of curves, bands and bars that reach beyond a vertical range; empty if none does.</summary>
    internal string Cuts(Panel panel)
    {
        AxisRange range = this;
        double[] beyond = [.. Places(panel).Where(v => !range.Contains(v)).Select(range.Clamp).Distinct().Order().Select(place => From(panel.YScale, place))];
        if (beyond.Length > 0) return $", cut at {string.Join(" and ", beyond.Select(value => AxisTicks.Short(double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))))}";
        bool edges = Edges(panel).Select(v => To(panel.YScale, v)).Any(v => !double.IsNaN(v) && !range.Contains(v));
        return !edges ? "" : panel.Curves.Any(c => c.Marks) ? ", bars cut" : ", bands cut";
    }

    private static IEnumerable<double> Places(Panel panel) => panel.Curves.SelectMany(c => c.Lines()).SelectMany(line => line).Select(v => To(panel.YScale, v)).Where(double.IsFinite);
    private static IEnumerable<double> Edges(Panel panel) => panel.Curves.SelectMany(c => (c.Low ?? []).Concat(c.High ?? []));

    private static AxisRange Of(IEnumerable<double> values, AxisScale scale) =>
        values.Select(v => To(scale, v)).Where(double.IsFinite).Aggregate(new AxisRange(double.MaxValue, double.MinValue), (range, value) => range.With(value));

    private AxisRange Stretched(IEnumerable<double> values, AxisScale scale, double by, bool all)
    {
        double room = by * (Span > 0 ? Span : Unit);
        var most = new AxisRange(Low - room, High + room);
        return values.Select(v => To(scale, v)).Where(v => double.IsFinite(v) && (all || most.Contains(v))).Aggregate(this, (range, value) => range.With(most.Clamp(value)));
    }

    /// <summary>A little room at both ends; constant data come to lie in the middle.</summary>
    private AxisRange Padded(AxisScale scale, double times = 1)
    {
        double by = Span > 1e-9 * Unit ? times * Padding * Span : scale == AxisScale.Logarithmic ? 0.3 : 0.1 * Unit;
        return new(Low - by, High + by);
    }

    private double Unit => Math.Max(Math.Abs(Low), Math.Abs(High)) is > 0 and var largest ? largest : 1;
}
