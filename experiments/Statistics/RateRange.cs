namespace MiniGrad.Experiments.Statistics;

/// <summary>What a range test says: the loss over a learning rate that rises from step to step (Smith, arXiv 1506.01186).</summary>
/// <param name="Rates">The rates.</param>
/// <param name="Losses">The smoothed training losses.</param>
/// <param name="Steepest">The rate at which the loss falls fastest.</param>
/// <param name="Lowest">The rate of the lowest loss: more is too much.</param>
internal sealed record RateRange(IReadOnlyList<double> Rates, IReadOnlyList<double> Losses, double Steepest, double Lowest)
{
    /// <summary>Where the test begins, as a share of the highest rate.</summary>
    public const double From = 1e-5;

    /// <summary>Where it ends where nobody says.</summary>
    public const double Highest = 1;

    private const int Least = 10;
    private const double SmoothedOver = 0.05; // of the steps
    private const double TooMuch = 2; // times the lowest loss so far: what follows tells nothing

    /// <summary>Judges a test, or null where it has too few steps to tell.</summary>
    /// <param name="rates">The rate of every step, rising.</param>
    /// <param name="losses">The training loss of every step.</param>
    public static RateRange? Of(IReadOnlyList<double> rates, IReadOnlyList<double> losses)
    {
        double keep = 1 - (1 / Math.Max(1, SmoothedOver * losses.Count)), mean = 0, weight = 0;
        var smooth = new List<double>();
        foreach (double loss in losses)
        {
            if (!double.IsFinite(loss)) break;
            (mean, weight) = ((keep * mean) + ((1 - keep) * loss), (keep * weight) + (1 - keep));
            if (smooth.Count > Least && mean / weight > TooMuch * smooth.Min()) break;
            smooth.Add(mean / weight);
        }
        if (smooth.Count < Least) return null;
        int lowest = smooth.IndexOf(smooth.Min()), span = Math.Max(1, smooth.Count / 20), steepest = 0;
        double best = double.PositiveInfinity;
        for (int i = span; i + span <= lowest; i++)
        {
            double slope = (smooth[i + span] - smooth[i - span]) / Math.Log(rates[i + span] / rates[i - span]);
            if (slope < best) (best, steepest) = (slope, i);
        }
        return new RateRange([.. rates.Take(smooth.Count)], smooth, rates[steepest], rates[lowest]);
    }
}
