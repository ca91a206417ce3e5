using System.Globalization;

namespace MiniGrad.Plotting;

/// <summary>Round ticks for linear axes.</summary>
internal static class LinearTicks
{
    private const double CrowdedCost = 1.15;    // too many ticks are a little worse than too few

    // Readers count in ones, fives and twos; quarters only where those fit badly, and fours and threes never.
    private static readonly (double Step, double Cost)[] Steps = [(1, 0), (5, 0), (2, 0.02), (2.5, 0.3)];

    /// <summary>The multiples of a round step within [low, high], about <paramref name="target"/> of them and at least two.</summary>
    internal static IReadOnlyList<Tick> Choose(double low, double high, int target)
    {
        double[] values = Multiples(low, high, BestStep(low, high, target), out double step);
        return Label(values, step);
    }

    /// <summary>The labels of values that are multiples of a step: as many decimals as it has, thousands as k, M and B.</summary>
    internal static IReadOnlyList<Tick> Label(IReadOnlyList<double> values, double step)
    {
        double largest = values.Max(Math.Abs);
        if (largest >= 1e12 || (largest < 1e-4 && largest > 0))
            return [.. values.Select(v => new Tick(v, Scientific(v)))];
        (double unit, string suffix) = largest switch
        {
            >= 1e9 when step >= 1e6 => (1e9, "B"),
            >= 1e6 when step >= 1e4 => (1e6, "M"),
            >= 1e4 when step >= 1e2 => (1e3, "k"),
            _ => (1.0, ""),
        };
        int decimals = Decimals(step / unit);
        return [.. values.Select(v => new Tick(v, v == 0 && suffix.Length > 0 ? "0" : Fixed(v / unit, decimals) + suffix))];
    }

    /// <summary>A number with a true minus sign.</summary>
    internal static string Fixed(double value, int decimals) =>
        value.ToString("F" + decimals, CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>A number such as 2e−5.</summary>
    internal static string Scientific(double value) => value == 0
        ? "0"
        : value.ToString("0.######e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal).Replace('-', '−');

    /// <summary>Labels of given values, each as short as it can be written to six digits; all as powers of ten where one needs it.</summary>
    internal static IReadOnlyList<Tick> Exact(IReadOnlyCollection<double> values)
    {
        bool scientific = values.Any(v => v != 0 && Math.Abs(v) is >= 1e6 or < 1e-3) && values.All(v => Math.Abs(v) is >= 1e3 or < 1);
        return [.. values.Select(v => new Tick(v, scientific ? Scientific(v) : v.ToString("0.######", CultureInfo.InvariantCulture).Replace('-', '−')))];
    }

    private static double BestStep(double low, double high, int target)
    {
        double best = double.PositiveInfinity, chosen = high - low;
        int magnitude = (int)Math.Floor(Math.Log10((high - low) / target));
        for (int power = magnitude - 1; power <= magnitude + 2; power++)
        {
            foreach ((double digit, double cost) in Steps)
            {
                double step = digit * Math.Pow(10, power);
                double count = Math.Floor(high / step + 1e-9) - Math.Ceiling(low / step - 1e-9) + 1;
                double excess = Math.Log(count / target);
                double score = count < 2 ? double.PositiveInfinity : cost + (excess > 0 ? CrowdedCost * excess : -excess);
                if (score < best)
                    (best, chosen) = (score, step);
            }
        }

        return chosen;
    }

    private static double[] Multiples(double low, double high, double step, out double used)
    {
        used = step;
        double first = Math.Ceiling(low / step - 1e-9);
        int count = (int)(Math.Floor(high / step + 1e-9) - first) + 1;
        // Dividing by a whole number rather than multiplying by 0.1 keeps 0.3 from becoming 0.30000000000000004.
        double inverse = Math.Round(1 / step);
        bool fraction = step < 1 && Math.Abs(inverse * step - 1) < 1e-12;
        return [.. Enumerable.Range(0, count).Select(i => fraction ? (first + i) / inverse : (first + i) * step)];
    }

    private static int Decimals(double step)
    {
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        double scaled = step * Math.Pow(10, decimals);
        return Math.Abs(scaled - Math.Round(scaled)) > 1e-6 ? decimals + 1 : decimals;
    }
}
