namespace MiniGrad.Experiments.Theory;

/// <summary>Slopes in logarithms.</summary>
internal static class PowerLaw
{
    /// <summary>The least-squares slope of ln y over ln x: the exponent of y ∝ x^slope.</summary>
    /// <exception cref="ArgumentException">The lists differ, or have fewer than two different x.</exception>
    public static double Slope(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (x.Count != y.Count || x.Distinct().Take(2).Count() < 2) throw new ArgumentException($"a slope of {x.Count} x and {y.Count} y, expected as many of both, and at least two different x");
        double meanX = x.Average(Math.Log), meanY = y.Average(Math.Log), products = 0, squares = 0;
        for (int i = 0; i < x.Count; i++)
        {
            double dx = Math.Log(x[i]) - meanX;
            products += dx * (Math.Log(y[i]) - meanY);
            squares += dx * dx;
        }
        return products / squares;
    }

    /// <summary>Whole numbers from <paramref name="first"/> to <paramref name="last"/>, both included, at equal ratios; none twice.</summary>
    public static int[] Spaced(int first, int last, int points) =>
        [.. Enumerable.Range(0, points).Select(i => (int)Math.Round(first * Math.Pow((double)last / first, i / (points - 1.0)))).Distinct()];
}
