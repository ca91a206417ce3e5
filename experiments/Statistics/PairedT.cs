using MathNet.Numerics.Distributions;

namespace MiniGrad.Experiments.Statistics;

/// <summary>Student's t test and interval of paired differences d = treatment − baseline, seed by seed.</summary>
/// <param name="N">The number of pairs.</param>
/// <param name="Difference">The mean difference.</param>
/// <param name="StandardDeviation">The standard deviation of the differences.</param>
/// <param name="Lower">The lower end of the interval of the mean difference.</param>
/// <param name="Upper">Its upper end.</param>
/// <param name="T">difference / (standardDeviation / √n).</param>
/// <param name="P">The two-sided p of a mean difference of 0.</param>
internal sealed record PairedT(int N, double Difference, double StandardDeviation, double Lower, double Upper, double T, double P)
{
    /// <summary>
    /// The test, or null where there is none: fewer than two pairs, a value that is not finite, or differences that do not
    /// vary beyond rounding, which leave nothing to scale an interval by.
    /// </summary>
    /// <exception cref="ArgumentException">The two lists differ in length, or the level is not in (0, 1).</exception>
    public static PairedT? Test(ReadOnlySpan<double> treatment, ReadOnlySpan<double> baseline, double level = 0.95)
    {
        if (treatment.Length != baseline.Length)
            throw new ArgumentException($"{treatment.Length} treatment values and {baseline.Length} baseline values cannot be paired");
        if (level is not (> 0 and < 1))
            throw new ArgumentException($"the level is {level}, expected one between 0 and 1");

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

        double error = sample.StandardDeviation / Math.Sqrt(sample.N);
        double t = sample.Mean / error;
        var student = new StudentT(location: 0, scale: 1, freedom: sample.N - 1);
        double half = student.InverseCumulativeDistribution(0.5 + level / 2) * error;
        double p = 2 * student.CumulativeDistribution(-Math.Abs(t));
        return new PairedT(sample.N, sample.Mean, sample.StandardDeviation, sample.Mean - half, sample.Mean + half, t, p);
    }
}
