using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Statistics;

/// <summary>
/// Brown and Forsythe's test of equal variances (JASA 69, 1974) on the residuals of variants × seeds. With three or five seeds their F
/// distribution is far off (it never rejects at three), so the statistic is held against what it is for normal residuals of equal variance.
/// </summary>
internal sealed class BrownForsythe
{
    private const int Draws = 999;
    private const ulong Seed = 1974;

    private readonly double[] _null;

    private BrownForsythe(double[] statistics) => _null = statistics;

    /// <summary>The test of so many variants and seeds: what the statistic comes to in 999 draws of normal numbers, the same ones each time.</summary>
    public static BrownForsythe For(int variants, int seeds)
    {
        var numbers = new float[variants * seeds];
        var random = new CounterRandom(Seed, (ulong)((variants << 16) + seeds));
        return new BrownForsythe([.. Enumerable.Range(0, Draws).Select(draw =>
        {
            random.FillNormal(numbers, 1, (ulong)draw * (ulong)numbers.Length);
            return Statistic(Blocks.Residuals([.. numbers.Chunk(seeds).Select(chunk => Array.ConvertAll(chunk, x => (double)x))]));
        })]);
    }

    /// <summary>The share of draws with a statistic at least as large: small where variances differ.</summary>
    /// <param name="residuals">One array a variant, of one residual a seed.</param>
    public double P(IReadOnlyList<double[]> residuals)
    {
        double statistic = Statistic(residuals);
        return (1.0 + _null.Count(value => value >= statistic)) / (_null.Length + 1);
    }

    /// <summary>The F of an analysis of variance of the absolute deviations from each variant's median.</summary>
    public static double Statistic(IReadOnlyList<double[]> residuals)
    {
        (int variants, int seeds) = (residuals.Count, residuals[0].Length);
        double[][] deviations = [.. residuals.Select(own => { double median = Median(own); return Array.ConvertAll(own, r => Math.Abs(r - median)); })];
        double[] means = [.. deviations.Select(own => own.Average())];
        double mean = means.Average(), between = seeds * means.Sum(m => (m - mean) * (m - mean)), within = deviations.Zip(means, (own, m) => own.Sum(d => (d - m) * (d - m))).Sum();
        return between / (variants - 1) / (within / (variants * (seeds - 1)));
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
