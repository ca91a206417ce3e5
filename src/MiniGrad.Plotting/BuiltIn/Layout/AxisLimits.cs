namespace MiniGrad.Plotting;

/// <summary>Chooses the ranges of the axes.</summary>
internal static class AxisLimits
{
    private const double Padding = 0.05;

    /// <summary>How far, in units of the lines' range, a band or a reference line may stretch the axis.</summary>
    private const double BandStretch = 0.15, BarStretch = 0.6, ReferenceStretch = 0.6;

    /// <summary>A spike this many times the range below its 99th percentile is cut off, or nothing else could be seen.</summary>
    private const double Spike = 10;

    /// <summary>The vertical range, and whether a spike was cut.</summary>
    internal static (double Low, double High, bool Cut) Vertical(Panel panel)
    {
        bool log = panel.YScale == AxisScale.Logarithmic;
        double[] values = [.. panel.Curves.SelectMany(c => c.Lines()).SelectMany(l => l).Where(v => Figure.IsDrawable(v, panel.YScale)).Select(To)];
        Array.Sort(values);
        double low = values[0], high = values[^1], usual = values[(int)(0.99 * (values.Length - 1))];
        bool cut = panel.YMax is null && usual > low && high - usual > Spike * (usual - low);
        if (cut)
            high = usual + 0.1 * (usual - low);

        double range = high - low;
        double stretch = range * (panel.Curves.Any(c => c.Marks) ? BarStretch : BandStretch);
        foreach (double edge in panel.Curves.SelectMany(c => c.Low ?? []).Where(v => !double.IsNaN(v)))
            low = Math.Min(low, Math.Max(log && edge <= 0 ? double.NegativeInfinity : To(edge), values[0] - stretch));
        double top = high;
        foreach (double edge in panel.Curves.SelectMany(c => c.High ?? []).Where(v => Figure.IsDrawable(v, panel.YScale)))
            high = Math.Max(high, Math.Min(To(edge), top + stretch));
        foreach (double y in panel.ReferenceLines.Select(r => r.Y).Where(y => Figure.IsDrawable(y, panel.YScale)).Select(To))
        {
            if (y >= low - ReferenceStretch * range && y <= high + ReferenceStretch * range)
                (low, high) = (Math.Min(low, y), Math.Max(high, y));
        }

        (double paddedLow, double paddedHigh) = Pad(low, high, log);
        if (!log && low >= 0 && high > low)
            paddedLow = Math.Max(0, paddedLow);
        (double bottom, double ceiling) = Override(panel.YMin, panel.YMax, log, From(paddedLow), From(paddedHigh));
        return (bottom, ceiling, cut);

        double To(double v) => log ? Math.Log10(v) : v;
        double From(double u) => log ? Math.Pow(10, u) : u;
    }

    /// <summary>The horizontal range: the data's, from 0 where they begin near it; with room for marks at both ends.</summary>
    internal static (double Low, double High) Horizontal(Panel panel)
    {
        bool log = panel.XScale == AxisScale.Logarithmic, marks = panel.Curves.Any(c => c.Marks);
        double[] xs = [.. panel.Curves.SelectMany(c => c.X).Where(x => Figure.IsDrawable(x, panel.XScale))];
        double low = xs.Min(), high = xs.Max();
        if (!log && !marks && low > 0 && low < 0.05 * high)
            low = 0;
        if (high - low <= 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)))
            (low, high) = log ? (low / 2, high * 2) : (low - 0.5 * Unit(low), high + 0.5 * Unit(high));
        else if (marks)
            (low, high) = Widen(low, high, log, Padding);
        return Override(panel.XMin, panel.XMax, log, low, high);
    }

    /// <summary>The range of a ranking's values, their intervals and single runs; a far interval or reference line does not squeeze the dots.</summary>
    internal static (double Low, double High) Ranking(Panel panel)
    {
        bool log = panel.XScale == AxisScale.Logarithmic;
        double[] values = [.. panel.Rows.SelectMany(r => r.Runs.Prepend(r.Value)).Where(Drawable).Select(To)];
        double low = values.Min(), high = values.Max(), range = high - low;
        if (range <= 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)))
            range = log ? 1 : Unit(Math.Max(Math.Abs(low), Math.Abs(high)));
        (double least, double most) = (low - BarStretch * range, high + BarStretch * range);
        foreach (double end in panel.Rows.SelectMany(r => new[] { r.Low, r.High }).OfType<double>().Where(Drawable).Select(To))
            (low, high) = (Math.Min(low, Math.Max(end, least)), Math.Max(high, Math.Min(end, most)));
        foreach (double line in panel.ReferenceLines.Select(r => r.Y).Where(Drawable).Select(To).Where(v => v >= least && v <= most))
            (low, high) = (Math.Min(low, line), Math.Max(high, line));
        (low, high) = Pad(low, high, log);
        return Override(panel.XMin, panel.XMax, log, log ? Math.Pow(10, low) : low, log ? Math.Pow(10, high) : high);

        double To(double v) => log ? Math.Log10(v) : v;
        bool Drawable(double v) => Figure.IsDrawable(v, panel.XScale);
    }

    private static (double Low, double High) Widen(double low, double high, bool log, double by)
    {
        if (!log)
            return (low - by * (high - low), high + by * (high - low));
        double factor = Math.Pow(high / low, by);
        return (low / factor, high * factor);
    }

    private static (double Low, double High) Pad(double low, double high, bool log)
    {
        double range = high - low, largest = Math.Max(Math.Abs(low), Math.Abs(high));
        if (range <= 1e-9 * largest || range == 0)
            range = log ? 1 : Unit(largest);      // constant data: a range in which it lies in the middle
        return (low - Padding * range, high + Padding * range);
    }

    private static (double Low, double High) Override(double? min, double? max, bool log, double low, double high)
    {
        low = min ?? low;
        high = max ?? high;
        if (low < high)
            return (low, high);
        // One limit is given and lies beyond all the data.
        double step = 0.1 * Unit(min ?? high);
        return min is null ? (log ? high / 2 : high - step, high) : (low, low + step);
    }

    private static double Unit(double value) => value == 0 ? 1 : Math.Abs(value);
}
