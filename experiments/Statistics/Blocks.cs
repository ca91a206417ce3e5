using MathNet.Numerics.Distributions;

namespace MiniGrad.Experiments.Statistics;

/// <summary>
/// Variants × seeds as randomized blocks: value = variant + seed + residual. Where the residuals of all variants have one variance, a
/// difference of two variants takes its error from all of them, with (variants − 1)(seeds − 1) degrees of freedom instead of seeds − 1.
/// </summary>
/// <remarks>
/// Two checks stand before that. The variances of all variants must pass <see cref="BrownForsythe"/>'s test (p at least 0.1), and the
/// pair's own differences must not vary more than the residuals of the rest (one-sided F test, p at least 0.25), since few seeds hide a
/// variant that scatters from the first. What fails a check is compared by its own differences, the ordinary paired t.
/// </remarks>
internal sealed class Blocks
{
    private const int LeastSeeds = 3; // of two, the deviations from a median are equal
    private const double LeastOfAll = 0.1, LeastOfPair = 0.25;

    private readonly double _squares;

    private Blocks(IReadOnlyList<double[]> values, BrownForsythe test)
    {
        (Variants, Seeds) = (values.Count, values[0].Length);
        double[][] residuals = Residuals(values);
        _squares = residuals.Sum(own => own.Sum(r => r * r));
        EqualVariances = test.P(residuals);
    }

    /// <summary>The number of variants.</summary>
    public int Variants { get; }

    /// <summary>The number of seeds.</summary>
    public int Seeds { get; }

    /// <summary>The p of equal variances.</summary>
    public double EqualVariances { get; }

    /// <summary>The degrees of freedom of the residuals.</summary>
    public int Freedom => (Variants - 1) * (Seeds - 1);

    /// <summary>The variance of the residuals.</summary>
    public double Variance => _squares / Freedom;

    /// <summary>The blocks of the variants whose runs all ended, or null where they are none: fewer than three variants or seeds, or residuals that do not vary.</summary>
    /// <param name="values">One array a variant, of one value a seed in the same order; a variant with a value that is not finite takes no part.</param>
    /// <param name="test">The test of equal variances where it is at hand.</param>
    /// <exception cref="ArgumentException">The arrays differ in length.</exception>
    public static Blocks? Of(IReadOnlyList<double[]> values, BrownForsythe? test = null)
    {
        if (values.Select(own => own.Length).Distinct().Count() > 1) throw new ArgumentException("the variants have different numbers of seeds, expected one value a seed of each");
        double[][] whole = [.. values.Where(own => own.All(double.IsFinite))];
        if (whole.Length < 3 || whole[0].Length < LeastSeeds) return null;
        double magnitude = whole.Max(own => own.Max(Math.Abs));
        return Residuals(whole).All(own => own.All(r => Math.Abs(r) <= 1e-14 * magnitude)) ? null : new Blocks(whole, test ?? BrownForsythe.For(whole.Length, whole[0].Length));
    }

    /// <summary>What variant and seed leave of each value.</summary>
    public static double[][] Residuals(IReadOnlyList<double[]> values)
    {
        double[] variants = [.. values.Select(own => own.Average())], seeds = [.. Enumerable.Range(0, values[0].Length).Select(s => values.Average(own => own[s]))];
        double mean = variants.Average();
        return [.. values.Select((own, v) => own.Select((value, s) => value - variants[v] - seeds[s] + mean).ToArray())];
    }

    /// <summary>The test of two of the variants by the pooled residuals where both checks allow it, else as it was.</summary>
    /// <param name="own">The paired test by the two variants' own differences.</param>
    public PairedT Pool(PairedT own)
    {
        if (EqualVariances < LeastOfAll) return own;
        double squares = own.Error * own.Error * Seeds * (Seeds - 1) / 2; // of the residuals that the pair's own differences are made of
        int rest = Freedom - (Seeds - 1);
        double ratio = squares / (Seeds - 1) / ((_squares - squares) / rest);
        bool isAsTheRest = double.IsFinite(ratio) && FisherSnedecor.CDF(Seeds - 1, rest, ratio) <= 1 - LeastOfPair;
        return isAsTheRest ? own with { Error = Math.Sqrt(2 * Variance / Seeds), Freedom = Freedom, Pooled = true } : own;
    }
}
