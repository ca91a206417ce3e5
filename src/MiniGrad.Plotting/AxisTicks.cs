namespace MiniGrad.Plotting;

/// <summary>
/// Ticks with labels of one form. On a linear axis they stand where ScottPlot puts them; on a logarithmic one, which ScottPlot does not
/// have, at powers of ten and round digits between them; on an axis of a few settings at the settings.
/// </summary>
internal sealed class AxisTicks(AxisScale scale, float spacing, double[]? settings = null) : ITickGenerator
{
    private static readonly double[][] Digits = [[1], [1, 3], [1, 2, 5], [1, 2, 3, 5], [1, 1.5, 2, 3, 4, 5, 7]];

    public Tick[] Ticks { get; private set; } = [];
    public int MaxTickCount { get; set; } = 50;

    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        double low = AxisRange.From(scale, range.Min), high = AxisRange.From(scale, range.Max);
        bool even = settings is null && (scale == AxisScale.Linear || high / low < 2);
        double[] values = settings ?? (even ? Even(new CoordinateRange(low - 1e-9 * (high - low), high + 1e-9 * (high - low))) : Round(low, high, Math.Max(3, size.Length / spacing)));
        bool small = values.All(v => v is > 0 and < 1) && values.Any(v => v < 1e-3);
        IEnumerable<string> labels = even ? Labels(values, values.Length > 1 ? values[1] - values[0] : 1)
            : values.Select(value => small ? Scientific(value) : Short(value, settings is null ? high : 0));
        var ticks = new List<Tick>();
        double free = double.NegativeInfinity;
        foreach ((double value, string label) in values.Zip(labels))
        {
            // Settings may lie close: a label that would touch the one before is left out, its tick is not.
            double place = AxisRange.To(scale, value), half = FigureFont.Measure(label, labelStyle.FontSize) / 2, at = (place - range.Min) / range.Span * size.Length;
            bool fits = edge.IsVertical() || at - half > free + 8;
            if (place >= range.Min - 1e-9 * range.Span && place <= range.Max + 1e-9 * range.Span) ticks.Add(fits ? Tick.Major(place, label) : Tick.Minor(place));
            free = fits ? at + half : free;
        }
        Ticks = [.. ticks];

        double[] Even(CoordinateRange over)
        {
            var automatic = new NumericAutomatic { MinimumTickSpacing = spacing, LabelFormatter = value => value.ToString("G4", CultureInfo.InvariantCulture) };
            automatic.Regenerate(over, edge, size, paint, labelStyle);
            return [.. automatic.Ticks.Where(t => t.IsMajor).Select(t => t.Position)];
        }
    }

    /// <summary>Labels of values at multiples of a step: as many decimals as it has, thousands as k, M and B.</summary>
    internal static string[] Labels(IReadOnlyList<double> values, double step)
    {
        double largest = values.Select(Math.Abs).DefaultIfEmpty().Max();
        if (largest >= 1e12 || (largest < 1e-4 && largest > 0)) return [.. values.Select(Scientific)];
        (double unit, string suffix) = largest switch { >= 1e9 when step >= 1e6 => (1e9, "B"), >= 1e6 when step >= 1e4 => (1e6, "M"), >= 1e4 when step >= 1e2 => (1e3, "k"), _ => (1.0, "") };
        int decimals = Enumerable.Range(0, 10).FirstOrDefault(d => step / unit * Math.Pow(10, d) is var scaled && scaled > 0.99 && Math.Abs(scaled - Math.Round(scaled)) < 1e-3, 3);
        return [.. values.Select(v => Math.Abs(v) < 1e-9 * largest ? "0" : Signed((v / unit).ToString($"F{decimals}", CultureInfo.InvariantCulture)) + suffix)];
    }

    /// <summary>A label of a single value, as short as it can be written to six digits; with k, M and B where the largest is that large.</summary>
    internal static string Short(double value, double largest = 0)
    {
        if (value != 0 && Math.Abs(value) is >= 1e12 or < 1e-3) return Scientific(value);
        (double unit, string suffix) = Math.Abs(value) switch { >= 1e9 => (1e9, "B"), >= 1e6 => (1e6, "M"), >= 1e3 when largest >= 1e4 => (1e3, "k"), _ => (1.0, "") };
        return Signed((value / unit).ToString("0.######", CultureInfo.InvariantCulture)) + suffix;
    }

    private static string Scientific(double value) => Signed(value.ToString("0.######e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal));
    private static string Signed(string number) => number.Replace('-', '−');

    /// <summary>The fullest set of round digits with at most so many labels, else every k-th power of ten.</summary>
    private static double[] Round(double low, double high, double most)
    {
        double[] powers = Multiples([1]);
        int every = (int)Math.Ceiling(powers.Length / most);
        return Digits.Select(Multiples).LastOrDefault(v => v.Length <= most) ?? [.. powers.Where((_, i) => i % every == 0)];

        double[] Multiples(double[] digits) =>
        [
            .. from power in Enumerable.Range((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high / low)) + 2)
               from digit in digits
               // 2e-1 as a quotient is exactly 0.2; 2·10⁻¹ need not be.
               let value = power < 0 ? digit / Math.Pow(10, -power) : digit * Math.Pow(10, power)
               where value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)
               select value,
        ];
    }
}
