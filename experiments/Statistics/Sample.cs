namespace MiniGrad.Experiments.Statistics;

/// <summary>Mean and standard deviation of a few numbers.</summary>
/// <param name="N">How many.</param>
/// <param name="Mean">Their mean; NaN for none.</param>
/// <param name="StandardDeviation">With n − 1 in the denominator; NaN for fewer than two.</param>
internal readonly record struct Sample(int N, double Mean, double StandardDeviation)
{
    /// <summary>The sample's figures; a value that is not finite makes both NaN.</summary>
    public static Sample Of(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        double mean = sum / values.Length;

        double squares = 0;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        double deviation = values.Length < 2 ? double.NaN : Math.Sqrt(squares / (values.Length - 1));
        return double.IsFinite(mean) ? new Sample(values.Length, mean, deviation) : new Sample(values.Length, double.NaN, double.NaN);
    }
}
