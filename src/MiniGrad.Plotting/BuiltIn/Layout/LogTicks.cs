namespace MiniGrad.Plotting;

/// <summary>Ticks for logarithmic axes: powers of ten and, where there is room, round digits between them.</summary>
internal static class LogTicks
{
    private static readonly double[][] Digits = [[1], [1, 3], [1, 2, 5], [1, 2, 3, 5], [1, 1.5, 2, 3, 4, 5, 7]];

    /// <summary>
    /// The fullest set of round digits with at most 1.4·<paramref name="target"/> labels, with the other whole digits as minor
    /// lines; over a range too short for four of them, or for the target if that is fewer, the ticks of a linear axis.
    /// </summary>
    internal static IReadOnlyList<Tick> Choose(double low, double high, int target)
    {
        double most = Math.Max(3, 1.4 * target);
        List<double> labelled = Digits.Select(d => Multiples(low, high, d)).LastOrDefault(v => v.Count <= most) ?? Decades(low, high, most);
        if (labelled.Count < Math.Min(4, target) && high / low < 10)
            return LinearTicks.Choose(low, high, target);
        IEnumerable<Tick> ticks = labelled.Select(v => new Tick(v, Label(v, high)));
        if (high / low < 1e4)
            ticks = ticks.Concat(Multiples(low, high, [1, 2, 3, 4, 5, 6, 7, 8, 9]).Except(labelled).Select(v => new Tick(v, "")));
        return [.. ticks.OrderBy(t => t.Value)];
    }

    private static string Label(double value, double high)
    {
        if (value is >= 1e12 or < 1e-3)
            return LinearTicks.Scientific(value);
        (double unit, string suffix) = value switch
        {
            >= 1e9 => (1e9, "B"),
            >= 1e6 => (1e6, "M"),
            >= 1e3 when high >= 1e4 => (1e3, "k"),
            _ => (1.0, ""),
        };
        return LinearTicks.Fixed(value / unit, 6).TrimEnd('0').TrimEnd('.') + suffix;
    }

    private static List<double> Multiples(double low, double high, double[] digits)
    {
        var values = new List<double>();
        for (int power = (int)Math.Floor(Math.Log10(low)); power <= Math.Log10(high) + 1e-9; power++)
        {
            foreach (double digit in digits)
            {
                // 2e-1 parsed from digits is exactly 0.2; 2·10⁻¹ need not be.
                double value = power < 0 ? digit / Math.Pow(10, -power) : digit * Math.Pow(10, power);
                if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
                    values.Add(value);
            }
        }

        return values;
    }

    /// <summary>Every k-th power of ten.</summary>
    private static List<double> Decades(double low, double high, double most)
    {
        List<double> all = Multiples(low, high, [1]);
        int every = (int)Math.Ceiling(all.Count / most);
        return [.. all.Where((_, i) => i % every == 0)];
    }
}
