namespace MiniGrad.Plotting;

/// <summary>Chooses the ranges of the axes.</summary>
internal static class AxisLimits
{
    private const double Padding = 0.05;

    /// <summary>How far, in units of the lines' range, a band or a reference line may stretch the axis.</summary>
    private const double BandStretch = 0.15, ReferenceStretch = 0.6;

    /// <summary>A spike this many times the range below its 99th percentile is cut off, or nothing else could be seen.</summary>
    private const double Spike = 10;

    /// <summary>The vertical range, and whether a spike was cut.</summary>
    internal static (double Low, double High, bool Cut) Vertical(Figure figure)
    {
        bool log = figure.YScale == AxisScale.Logarithmic;
        double[] values = [.. figure.Curves.SelectMany(c => c.Lines()).SelectMany(l => l).Where(v => Figure.IsDrawable(v, figure.YScale)).Select(To)];
        Array.Sort(values);
        double low = values[0], high = values[^1], usual = values[(int)(0.99 * (values.Length - 1))];
        bool cut = figure.YMax is null && usual > low && high - usual > Spike * (usual - low);
        if (cut)
            high = usual + 0.1 * (usual - low);

        double range = high - low;
        foreach (double edge in figure.Curves.SelectMany(c => c.Low ?? []).Where(v => !double.IsNaN(v)))
            low = Math.Min(low, Math.Max(log && edge <= 0 ? double.NegativeInfinity : To(edge), values[0] - BandStretch * range));
        double top = high;
        foreach (double edge in figure.Curves.SelectMany(c => c.High ?? []).Where(v => Figure.IsDrawable(v, figure.YScale)))
            high = Math.Max(high, Math.Min(To(edge), top + BandStretch * range));
        foreach (double y in figure.ReferenceLines.Select(r => r.Y).Where(y => Figure.IsDrawable(y, figure.YScale)).Select(To))
        {
            if (y >= low - ReferenceStretch * range && y <= high + ReferenceStretch * range)
                (low, high) = (Math.Min(low, y), Math.Max(high, y));
        }

        (double paddedLow, double paddedHigh) = Pad(low, high, log);
        if (!log && low >= 0 && high > low)
            paddedLow = Math.Max(0, paddedLow);
        (double bottom, double ceiling) = Override(figure, From(paddedLow), From(paddedHigh));
        return (bottom, ceiling, cut);

        double To(double v) => log ? Math.Log10(v) : v;
        double From(double u) => log ? Math.Pow(10, u) : u;
    }

    /// <summary>The horizontal range: the data's, from 0 where they begin near it.</summary>
    internal static (double Low, double High) Horizontal(Figure figure)
    {
        bool log = figure.XScale == AxisScale.Logarithmic;
        double[] xs = [.. figure.Curves.SelectMany(c => c.X).Where(x => Figure.IsDrawable(x, figure.XScale))];
        double low = xs.Min(), high = xs.Max();
        if (!log && low > 0 && low < 0.05 * high)
            low = 0;
        if (high - low > 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)))
            return (low, high);
        return log ? (low / 2, high * 2) : (low - 0.5 * Unit(low), high + 0.5 * Unit(high));
    }

    private static (double Low, double High) Pad(double low, double high, bool log)
    {
        double range = high - low, largest = Math.Max(Math.Abs(low), Math.Abs(high));
        if (range <= 1e-9 * largest || range == 0)
            range = log ? 1 : Unit(largest);      // constant data: a range in which it lies in the middle
        return (low - Padding * range, high + Padding * range);
    }

    private static (double Low, double High) Override(Figure figure, double low, double high)
    {
        low = figure.YMin ?? low;
        high = figure.YMax ?? high;
        if (low < high)
            return (low, high);
        // One limit is given and lies beyond all the data.
        double step = 0.1 * Unit(figure.YMin ?? high);
        return figure.YMin is null ? (figure.YScale == AxisScale.Logarithmic ? high / 2 : high - step, high) : (low, low + step);
    }

    private static double Unit(double value) => value == 0 ? 1 : Math.Abs(value);
}
