namespace MiniGrad.Plotting;

/// <summary>One variant of a figure: a mean line, the band around it, and the single runs behind it. NaN (or infinity) is a gap.</summary>
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

    /// <summary>Whether the curve stands back behind the others, thinner and paler: training loss behind validation loss.</summary>
    public bool Behind { get; init; }

    /// <summary>
    /// The curve of n runs: mean, single runs and, for n ≥ 3, the 95 % band mean ± t₀.₉₇₅(n−1)·sd/√n; of two runs the band would
    /// be ±6.4 times their distance and hide the figure. Where any run is missing or not finite the mean and its band have a
    /// gap, since the mean of the survivors would flatter the variant. A run may be shorter than <paramref name="x"/>.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="runs"/> is empty.</exception>
    public static Curve OverSeeds(string name, IReadOnlyList<double> x, IReadOnlyList<IReadOnlyList<double>> runs, string? colorKey = null)
    {
        if (runs.Count == 0) throw new ArgumentException($"curve '{name}': found no runs, expected at least one; pass one series a seed");
        (double Mean, double Half)[] points = [.. x.Select((_, i) => Interval95([.. runs.Select(r => i < r.Count ? r[i] : double.NaN)]))];
        var curve = new Curve { Name = name, ColorKey = colorKey, X = x, Mean = [.. points.Select(p => p.Mean)], Runs = runs.Count > 1 ? runs : [] };
        return runs.Count < 3 ? curve : curve with { Low = [.. points.Select(p => p.Mean - p.Half)], High = [.. points.Select(p => p.Mean + p.Half)] };
    }

    /// <summary>The curve with its band kept within what its measure can be: a share in [0, 1], a ratio from 1 on.</summary>
    public Curve Within(double least, double most = double.PositiveInfinity) =>
        Low is null ? this : this with { Low = [.. Low.Select(v => Math.Clamp(v, least, most))], High = [.. High!.Select(v => Math.Clamp(v, least, most))] };

    /// <summary>The index of the last finite mean, or −1.</summary>
    internal int LastIndex() => LastFinite(Mean);

    /// <summary>The mean and the single runs: every line that is drawn.</summary>
    internal IEnumerable<IReadOnlyList<double>> Lines() => Runs.Prepend(Mean);

    /// <summary>The last values of the lines that end before the last x: single runs where there are any, else the mean. A sweep has gaps instead.</summary>
    internal IEnumerable<(int Index, double Y)> StoppedEarly() =>
        (Marks ? [] : Runs.Count > 0 ? Runs : [Mean]).Select(line => (Last: LastFinite(line), line)).Where(l => l.Last >= 0 && l.Last < X.Count - 1).Select(l => (l.Last, l.line[l.Last]));

    internal void Validate(string panel)
    {
        string where = $"{panel}, curve '{Name}'";
        if (X.Count == 0) throw new ArgumentException($"{where}: found no points, expected at least one; leave the curve out");
        if (Mean.Count != X.Count) throw new ArgumentException($"{where}: found {Mean.Count} means for {X.Count} x, expected as many; fill what is missing with NaN");
        if ((Low is null) != (High is null)) throw new ArgumentException($"{where}: found one edge of the band, expected both or none; set Low and High");
        if (Low is not null && (Low.Count != X.Count || High!.Count != X.Count))
            throw new ArgumentException($"{where}: found a band of {Low.Count} and {High!.Count} values for {X.Count} x, expected as many; fill what is missing with NaN");
        if (Runs.FirstOrDefault(r => r.Count > X.Count) is { } run) throw new ArgumentException($"{where}: found a run of {run.Count} values for {X.Count} x, expected at most as many; cut it");
        int wrong = Enumerable.Range(0, X.Count).FirstOrDefault(i => !double.IsFinite(X[i]) || (i > 0 && X[i] < X[i - 1]), -1);
        if (wrong >= 0) throw new ArgumentException($"{where}: found x[{wrong}] = {X[wrong]}, expected finite ascending coordinates; sort the points");
    }

    /// <summary>The mean of n values and the half-width of its 95 % interval: NaN of a single value, and of values that are not all finite.</summary>
    internal static (double Mean, double Half) Interval95(IReadOnlyCollection<double> values) =>
        !values.All(double.IsFinite) ? (double.NaN, double.NaN)
        : (values.Mean(), values.Count == 1 ? double.NaN : StudentT.InvCDF(0, 1, values.Count - 1, 0.975) * values.StandardDeviation() / Math.Sqrt(values.Count));

    private static int LastFinite(IReadOnlyList<double> line) => Enumerable.Range(0, line.Count).LastOrDefault(i => double.IsFinite(line[i]), -1);
}
