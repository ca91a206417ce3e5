namespace MiniGrad.Plotting;

/// <summary>
/// One variant of a figure: a mean line, the band around it, and the single runs behind it. NaN (or infinity) is a gap.
/// </summary>
public sealed record Curve
{
    /// <summary>The name that readers see.</summary>
    public required string Name { get; init; }

    /// <summary>The name that chooses the colour (see <see cref="Palette"/>); null for <see cref="Name"/>.</summary>
    public string? ColorKey { get; init; }

    /// <summary>The horizontal coordinates, finite and ascending.</summary>
    public required IReadOnlyList<double> X { get; init; }

    /// <summary>The mean (or the only run) at each x.</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>The lower edge of the band at each x; null for no band.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>The upper edge of the band at each x; null for no band.</summary>
    public IReadOnlyList<double>? High { get; init; }

    /// <summary>The single runs at the same x; a run that stopped early may be shorter than <see cref="X"/>.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Runs { get; init; } = [];

    /// <summary>
    /// Whether the points are settings of a sweep (learning rates, widths): each is then marked, the band is drawn as one error bar a
    /// point, single runs as dots, and points of several curves at one x stand side by side.
    /// </summary>
    public bool Marks { get; init; }

    /// <summary>Whether the mean line is dashed, for a prediction among measurements.</summary>
    public bool Dashed { get; init; }

    /// <summary>
    /// The curve of n runs: mean, single runs and, for n ≥ 3, the 95 % band mean ± t₀.₉₇₅(n−1)·sd/√n; of two runs the band would
    /// be ±6.4 times their distance and hide the figure. Where any run is missing or not finite the mean and its band have a
    /// gap, since the mean of the survivors would flatter the variant.
    /// </summary>
    /// <param name="name">The name that readers see.</param>
    /// <param name="x">The horizontal coordinates, finite and ascending.</param>
    /// <param name="runs">One series a seed, each at most as long as <paramref name="x"/>.</param>
    /// <param name="colorKey">The name that chooses the colour; null for <paramref name="name"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="runs"/> is empty.</exception>
    public static Curve OverSeeds(string name, IReadOnlyList<double> x, IReadOnlyList<IReadOnlyList<double>> runs, string? colorKey = null)
    {
        if (runs.Count == 0)
            throw new ArgumentException($"curve '{name}': found no runs, expected at least one; pass one series a seed");
        int n = runs.Count;
        double[] mean = new double[x.Count], low = new double[x.Count], high = new double[x.Count];
        for (int i = 0; i < x.Count; i++)
        {
            (mean[i], double half) = StudentT.Interval95([.. runs.Select(r => i < r.Count ? r[i] : double.NaN)]);
            (low[i], high[i]) = (mean[i] - half, mean[i] + half);
        }

        var curve = new Curve { Name = name, ColorKey = colorKey, X = x, Mean = mean };
        return n switch
        {
            1 => curve,
            2 => curve with { Runs = runs },
            _ => curve with { Low = low, High = high, Runs = runs },
        };
    }

    /// <summary>The index of the last finite mean, or −1.</summary>
    internal int LastIndex()
    {
        int i = Mean.Count - 1;
        while (i >= 0 && !double.IsFinite(Mean[i]))
            i--;
        return i;
    }

    /// <summary>The mean and the single runs: every line that is drawn.</summary>
    internal IEnumerable<IReadOnlyList<double>> Lines() => Runs.Prepend(Mean);

    /// <summary>
    /// The last values of the lines that end before the last x: single runs where there are any, else the mean. A sweep has none: a
    /// setting without a value is a gap.
    /// </summary>
    internal IEnumerable<(int Index, double Y)> StoppedEarly()
    {
        foreach (IReadOnlyList<double> line in Marks ? [] : Runs.Count > 0 ? Runs : [Mean])
        {
            int last = line.Count - 1;
            while (last >= 0 && !double.IsFinite(line[last]))
                last--;
            if (last >= 0 && last < X.Count - 1)
                yield return (last, line[last]);
        }
    }

    internal void Validate(string panel)
    {
        string where = $"{panel}, curve '{Name}'";
        if (X.Count == 0)
            throw new ArgumentException($"{where}: found no points, expected at least one; leave the curve out");
        if (Mean.Count != X.Count)
            throw new ArgumentException($"{where}: found {Mean.Count} means for {X.Count} x, expected as many; fill what is missing with NaN");
        if ((Low is null) != (High is null))
            throw new ArgumentException($"{where}: found one edge of the band, expected both or none; set Low and High");
        if (Low is not null && (Low.Count != X.Count || High!.Count != X.Count))
            throw new ArgumentException($"{where}: found a band of {Low.Count} and {High!.Count} values for {X.Count} x, expected as many; fill what is missing with NaN");
        if (Runs.FirstOrDefault(r => r.Count > X.Count) is { } run)
            throw new ArgumentException($"{where}: found a run of {run.Count} values for {X.Count} x, expected at most as many; cut it");
        for (int i = 0; i < X.Count; i++)
        {
            if (!double.IsFinite(X[i]) || (i > 0 && X[i] < X[i - 1]))
                throw new ArgumentException($"{where}: found x[{i}] = {X[i]}, expected finite ascending coordinates; sort the points");
        }
    }
}
