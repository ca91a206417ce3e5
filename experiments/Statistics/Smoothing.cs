namespace MiniGrad.Experiments.Statistics;

/// <summary>Smoothing that does not lag.</summary>
internal static class Smoothing
{
    /// <summary>
    /// Centred local-linear smoothing: at i the least-squares line through the values at i−h … i+h (cut off at the ends) is
    /// evaluated at i. A straight line comes back unchanged, ends included, so nothing lags as it does with an exponential average.
    /// Values that are not finite take no part and stay gaps.
    /// </summary>
    /// <param name="values">A series at even spacing.</param>
    /// <param name="halfWidth">h; 0 returns a copy.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="halfWidth"/> is negative.</exception>
    public static double[] Centred(IReadOnlyList<double> values, int halfWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(halfWidth);
        var smooth = new double[values.Count];
        for (int i = 0; i < smooth.Length; i++)
            smooth[i] = double.IsFinite(values[i]) ? LineAt(values, i, halfWidth) : double.NaN;
        return smooth;
    }

    private static double LineAt(IReadOnlyList<double> values, int centre, int halfWidth)
    {
        double n = 0, sumT = 0, sumTT = 0, sumY = 0, sumTY = 0;
        double origin = values[centre];     // differences keep the sums small, so a constant comes back bit for bit
        int last = Math.Min(values.Count - 1, centre + halfWidth);
        for (int j = Math.Max(0, centre - halfWidth); j <= last; j++)
        {
            double y = values[j] - origin, t = j - centre;
            if (!double.IsFinite(y))
                continue;
            n++;
            sumT += t;
            sumTT += t * t;
            sumY += y;
            sumTY += t * y;
        }

        double determinant = n * sumTT - sumT * sumT;
        return origin + (determinant > 0 ? (sumTT * sumY - sumT * sumTY) / determinant : sumY / n);
    }
}
