using MathNet.Numerics.Distributions;

namespace MiniGrad.Experiments.Statistics;

/// <summary>Student's t test and intervals of a mean difference: of pairs d = treatment − baseline, seed by seed, or of a linear model.</summary>
/// <param name="N">The number of pairs, or of seeds.</param>
/// <param name="Difference">The mean difference.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Freedom">The degrees of freedom of that error.</param>
internal sealed record PairedT(int N, double Difference, double Error, int Freedom)
{
    /// <summary>Whether the error is from the residuals of all variants (<see cref="Blocks"/>), not from these two alone.</summary>
    public bool Pooled { get; init; }

    /// <summary>The largest difference that can be, of a measure with a range: intervals are cut off there.</summary>
    public double Most { get; init; } = double.PositiveInfinity;

    /// <summary>difference / error.</summary>
    public double T => Difference / Error;

    /// <summary>The two-sided p of a mean difference of 0.</summary>
    public double P => 2 * Student.CumulativeDistribution(-Math.Abs(T));

    /// <summary>The lower end of the 95 % interval.</summary>
    public double Lower => Interval(0.95).Lower;

    /// <summary>The upper end of the 95 % interval.</summary>
    public double Upper => Interval(0.95).Upper;

    /// <summary>
    /// The test, or null where there is none: fewer than two pairs, a value that is not finite, or differences that do not
    /// vary beyond rounding, which leave nothing to scale an interval by.
    /// </summary>
    /// <exception cref="ArgumentException">The two lists differ in length.</exception>
    public static PairedT? Test(ReadOnlySpan<double> treatment, ReadOnlySpan<double> baseline)
    {
        if (treatment.Length != baseline.Length)
            throw new ArgumentException($"{treatment.Length} treatment values and {baseline.Length} baseline values cannot be paired");

        double[] differences = new double[treatment.Length];
        double magnitude = 0;
        for (int i = 0; i < differences.Length; i++)
        {
            differences[i] = treatment[i] - baseline[i];
            magnitude = Math.Max(magnitude, Math.Max(Math.Abs(treatment[i]), Math.Abs(baseline[i])));
        }

        Sample sample = Sample.Of(differences);
        if (sample.N < 2 || !double.IsFinite(sample.StandardDeviation) || sample.StandardDeviation <= 1e-14 * magnitude)
            return null;
        return new PairedT(sample.N, sample.Mean, sample.StandardDeviation / Math.Sqrt(sample.N), sample.N - 1);
    }

    /// <summary>The interval of the mean difference.</summary>
    /// <param name="level">How often such intervals hold the true difference, such as 0.95.</param>
    /// <exception cref="ArgumentException">The level is not in (0, 1).</exception>
    public (double Lower, double Upper) Interval(double level)
    {
        if (level is not (> 0 and < 1))
            throw new ArgumentException($"the level is {level}, expected one between 0 and 1");
        double half = Student.InverseCumulativeDistribution(0.5 + level / 2) * Error;
        return (Math.Max(-Most, Difference - half), Math.Min(Most, Difference + half));
    }

    private StudentT Student => new(location: 0, scale: 1, freedom: Freedom);
}
