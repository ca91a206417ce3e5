namespace MiniGrad.Plotting;

/// <summary>Student's t distribution, as far as a 95 % band over seeds needs it.</summary>
internal static class StudentT
{
    private const double Normal = 1.959963984540054;

    private static readonly double[] Small = [12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139];

    /// <summary>The mean of n values and the half-width t₀.₉₇₅(n−1)·sd/√n of its 95 % interval: NaN of a single value, and of values that are not all finite.</summary>
    internal static (double Mean, double Half) Interval95(IReadOnlyCollection<double> values)
    {
        int n = values.Count;
        if (!values.All(double.IsFinite))
            return (double.NaN, double.NaN);
        double mean = values.Sum() / n;
        return (mean, n == 1 ? double.NaN : Quantile975(n - 1) * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (n - 1) / n));
    }

    /// <summary>The 97.5 % point for ν degrees of freedom: a table up to 10, then the Cornish–Fisher series (error below 1e-5).</summary>
    internal static double Quantile975(int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        if (degrees <= Small.Length)
            return Small[degrees - 1];
        double z = Normal, z2 = z * z, v = degrees;
        double first = z * (z2 + 1) / 4;
        double second = z * ((5 * z2 + 16) * z2 + 3) / 96;
        double third = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
        double fourth = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
        return z + (first + (second + (third + fourth / v) / v) / v) / v;
    }
}
