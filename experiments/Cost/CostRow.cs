namespace MiniGrad.Experiments.Cost;

/// <summary>What one size costs: medians of seconds a step, and the floating-point operations of a step.</summary>
internal sealed record CostRow(string Sweep, int Size, int TokensPerStep, long Parameters, double ModelSeconds, double OptimizerSeconds, double StepSeconds, double ModelFlop, double OptimizerFlop)
{
    /// <summary>Above this a size is called a cliff.</summary>
    public const double CliffFrom = 1.25;

    public double Flop => ModelFlop + OptimizerFlop;

    public double MicrosecondsPerToken => 1e6 * StepSeconds / TokensPerStep;

    public double GigaflopPerToken => Flop / TokensPerStep / 1e9;

    public double GigaflopPerSecond => Flop / StepSeconds / 1e9;

    public double NanosecondsPerFlop => 1e9 * StepSeconds / Flop;

    /// <summary>Nanoseconds per FLOP over the mean of the neighbours' in the sweep; NaN where a sweep has one size.</summary>
    public double Cliff { get; init; } = double.NaN;

    public bool IsCliff => Cliff > CliffFrom;

    /// <summary>The rows of a sweep, in order of size, with their cliffs.</summary>
    public static CostRow[] WithCliffs(IReadOnlyList<CostRow> sweep) =>
        [.. sweep.Select((row, i) => row with { Cliff = row.NanosecondsPerFlop / Neighbours(sweep, i) })];

    private static double Neighbours(IReadOnlyList<CostRow> sweep, int i)
    {
        double[] values = [.. new[] { i - 1, i + 1 }.Where(k => k >= 0 && k < sweep.Count).Select(k => sweep[k].NanosecondsPerFlop)];
        return values.Length == 0 ? double.NaN : values.Average();
    }
}
