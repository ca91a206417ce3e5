namespace MiniGrad.Plotting;

/// <summary>One row of a ranking: a variant's value as a dot, its interval as a bar, and the single runs as small dots.</summary>
public sealed record RankRow
{
    /// <summary>The name that readers see, left of the row.</summary>
    public required string Name { get; init; }

    /// <summary>The name that chooses the colour (see <see cref="Palette"/>), for example the family's; null for <see cref="Name"/>.</summary>
    public string? ColorKey { get; init; }

    /// <summary>The mean (or the only run); NaN for a variant without a value.</summary>
    public required double Value { get; init; }

    /// <summary>The lower end of the interval; null for none.</summary>
    public double? Low { get; init; }

    /// <summary>The upper end of the interval; null for none.</summary>
    public double? High { get; init; }

    /// <summary>The single runs.</summary>
    public IReadOnlyList<double> Runs { get; init; } = [];

    /// <summary>What stands at the right instead of the value, for example <c>diverged</c>; null for the value.</summary>
    public string? Note { get; init; }

    /// <summary>
    /// The row of n runs: mean, single runs and, for n ≥ 3, the 95 % interval mean ± t₀.₉₇₅(n−1)·sd/√n. Where any run is not finite
    /// there is no mean, since the mean of the survivors would flatter the variant.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="runs"/> is empty.</exception>
    public static RankRow OverSeeds(string name, IReadOnlyList<double> runs, string? colorKey = null)
    {
        if (runs.Count == 0) throw new ArgumentException($"row '{name}': found no runs, expected at least one; pass one value a seed");
        (double mean, double half) = Curve.Interval95(runs);
        var row = new RankRow { Name = name, ColorKey = colorKey, Value = mean, Runs = runs.Count > 1 ? runs : [] };
        return runs.Count >= 3 && double.IsFinite(mean) ? row with { Low = mean - half, High = mean + half } : row;
    }

    /// <summary>The row with its interval kept within what its measure can be.</summary>
    public RankRow Within(double least, double most = double.PositiveInfinity) =>
        Low is null ? this : this with { Low = Math.Clamp(Low.Value, least, most), High = Math.Clamp(High!.Value, least, most) };

    internal void Validate(string where)
    {
        if ((Low is null) != (High is null)) throw new ArgumentException($"{where}, row '{Name}': found one end of the interval, expected both or none; set Low and High");
        if (Low > High) throw new ArgumentException($"{where}, row '{Name}': found an interval from {Low} to {High}, expected Low at most High; swap them");
    }
}
