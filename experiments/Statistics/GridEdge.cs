using System.Globalization;

namespace MiniGrad.Experiments.Statistics;

/// <summary>A learning-rate grid whose best point lies on its edge: a better rate may lie outside.</summary>
/// <param name="Variant">The variant that was tuned.</param>
/// <param name="Best">The best rate of the grid.</param>
/// <param name="Next">The rate to try next, one step of the grid further out.</param>
internal sealed record GridEdge(string Variant, double Best, double Next)
{
    /// <summary>Whether it is the upper edge, so that the grid is to be extended upwards.</summary>
    public bool IsHighest => Next > Best;

    /// <summary>One sentence for reports: variant, rate and where to extend the grid.</summary>
    public string Warning => string.Create(
        CultureInfo.InvariantCulture,
        $"{Variant}: the best learning rate, {Best:G}, is the {(IsHighest ? "highest" : "lowest")} of its grid; a better one may lie {(IsHighest ? "above" : "below")}: extend the grid to {Next:G}");

    /// <summary>The edge that the best rate lies on, or null where it has neighbours on both sides.</summary>
    /// <param name="variant">The variant's name.</param>
    /// <param name="points">Each rate of the grid with its final loss, lower is better; a loss that is not finite (a diverged run) is worse than any other. A tie goes to the lower rate.</param>
    /// <remarks>
    /// A rate of 0 trains nothing and is no part of a grid. Null, too, for fewer than two rates (nothing was tuned) and where every rate diverged (nothing is best). A best rate
    /// whose upper neighbour diverged is no edge: the grid went far enough.
    /// </remarks>
    /// <exception cref="ArgumentException">A rate is negative or not finite, or stands there twice.</exception>
    public static GridEdge? Of(string variant, IEnumerable<(double Rate, double Loss)> points)
    {
        (double Rate, double Loss)[] grid = [.. points.Where(point => point.Rate != 0).OrderBy(point => point.Rate)];
        for (int i = 0; i < grid.Length; i++)
        {
            if (!(grid[i].Rate > 0 && double.IsFinite(grid[i].Rate)) || (i > 0 && grid[i].Rate == grid[i - 1].Rate))
                throw new ArgumentException($"the grid of '{variant}' has the learning rate {grid[i].Rate}, expected rates of at least 0, each once");
        }

        if (grid.Length < 2 || !grid.Any(point => double.IsFinite(point.Loss)))
            return null;
        int best = Array.IndexOf(grid, grid.MinBy(point => double.IsFinite(point.Loss) ? point.Loss : double.PositiveInfinity));
        if (best > 0 && best < grid.Length - 1)
            return null;
        double neighbour = best == 0 ? grid[1].Rate : grid[best - 1].Rate;
        return new GridEdge(variant, grid[best].Rate, Beyond(grid[best].Rate, neighbour));
    }

    // As far out again as the neighbour lies in, in as few digits as tell it from the edge.
    private static double Beyond(double edge, double neighbour)
    {
        double exact = edge * (edge / neighbour);
        for (int digits = 1; digits < 15; digits++)
        {
            double rounded = double.Parse(exact.ToString($"E{digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (rounded != edge && rounded > edge == exact > edge)
                return rounded;
        }

        return exact;
    }
}
