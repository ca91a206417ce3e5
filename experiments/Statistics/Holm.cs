namespace MiniGrad.Experiments.Statistics;

/// <summary>Holm's step-down adjustment (Scandinavian Journal of Statistics 6, 1979): the family-wise error stays below α.</summary>
internal static class Holm
{
    /// <summary>
    /// The adjusted p values, in the given order: with p₍₁₎ ≤ … ≤ p₍ₘ₎, adjusted p₍ᵢ₎ = max over j ≤ i of
    /// min(1, (m − j + 1)·p₍ⱼ₎). A NaN (no test was possible) stays NaN, yet counts in m.
    /// </summary>
    /// <exception cref="ArgumentException">A value lies outside [0, 1].</exception>
    public static double[] Adjust(params ReadOnlySpan<double> p)
    {
        double[] adjusted = p.ToArray();
        foreach (double value in adjusted)
        {
            if (value is < 0 or > 1)
                throw new ArgumentException($"p is {value}, expected a value between 0 and 1");
        }

        int[] order = [.. Enumerable.Range(0, adjusted.Length).Where(i => !double.IsNaN(adjusted[i])).OrderBy(i => adjusted[i])];
        double running = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            running = Math.Max(running, Math.Min(1, (adjusted.Length - rank) * adjusted[order[rank]]));
            adjusted[order[rank]] = running;
        }

        return adjusted;
    }
}
