namespace MiniGrad.Experiments.Statistics;

/// <summary>The mean of a few numbers with its interval by Student's t.</summary>
/// <param name="N">How many numbers.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Lower">The lower end of the 95 % interval; null for fewer than two numbers, or numbers that do not vary.</param>
/// <param name="Upper">Its upper end.</param>
internal sealed record MeanInterval(int N, double Mean, double? Lower, double? Upper)
{
    /// <summary>The interval of the given numbers, or null where there is none, or one is not finite.</summary>
    public static MeanInterval? Of(ReadOnlySpan<double> values)
    {
        double mean = Sample.Of(values).Mean;
        // A mean is the mean difference from 0.
        PairedT? test = PairedT.Test(values, new double[values.Length]);
        return double.IsFinite(mean) ? new MeanInterval(values.Length, mean, test?.Lower, test?.Upper) : null;
    }

    /// <summary>The interval cut off where the mean cannot be.</summary>
    public MeanInterval Within(double least, double most) => this with { Lower = Lower is { } lower ? Math.Max(least, lower) : null, Upper = Upper is { } upper ? Math.Min(most, upper) : null };
}
