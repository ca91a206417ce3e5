using MathNet.Numerics.LinearAlgebra;

namespace MiniGrad.Experiments.Statistics;

/// <summary>
/// An effect of a factorial: of one factor, with − without, averaged over all others; of two, how much the first one's effect differs with
/// and without the second; of more, likewise how much the effect of all but the last does.
/// </summary>
/// <param name="Factors">The factors, by place.</param>
/// <param name="Test">Its size and its error.</param>
internal sealed record Effect(IReadOnlyList<int> Factors, PairedT Test);

/// <summary>The effects of a two-level factorial, each combination run once a seed: one linear model with the seed as block and every effect and interaction.</summary>
internal static class FactorialModel
{
    private const double LeastOfAll = 0.1; // p of equal variances

    /// <summary>
    /// All effects, main ones first. Errors are of the model's residuals, with (2^k − 1)(seeds − 1) degrees of freedom; where the variances
    /// of the combinations differ (<see cref="BrownForsythe"/>), each is of the effect's own values, one a seed. Empty where a value is not
    /// finite, there are fewer than two seeds, or nothing varies.
    /// </summary>
    /// <param name="cells">Every combination once: which factors it has, and its values by seed.</param>
    /// <param name="equalVariances">The test of equal variances where it is at hand.</param>
    /// <exception cref="ArgumentException">It is no full factorial.</exception>
    public static IReadOnlyList<Effect> Of(IReadOnlyList<(IReadOnlyList<bool> Levels, double[] Values)> cells, BrownForsythe? equalVariances = null)
    {
        (int factors, int seeds) = (cells[0].Levels.Count, cells[0].Values.Length);
        if (cells.Count != 1 << factors || cells.Any(c => c.Levels.Count != factors || c.Values.Length != seeds) || cells.Select(c => Number(c.Levels)).Distinct().Count() != cells.Count)
            throw new ArgumentException($"{cells.Count} combinations of {factors} factors, expected each of {1 << factors} once, with as many seeds");
        double[][] values = [.. cells.Select(c => c.Values)];
        if (seeds < 2 || !values.All(own => own.All(double.IsFinite))) return [];

        int[][] effects = [.. Enumerable.Range(1, cells.Count - 1).Select(set => Enumerable.Range(0, factors).Where(f => (set >> f & 1) == 1).ToArray()).OrderBy(set => set.Length)];
        Matrix<double> design = Matrix<double>.Build.Dense(cells.Count * seeds, seeds + effects.Length, (row, column) =>
            column < seeds ? (row % seeds == column ? 1 : 0) : Code(cells[row / seeds].Levels, effects[column - seeds]));
        LinearModel model = LinearModel.Fit(design, Vector<double>.Build.DenseOfEnumerable(values.SelectMany(own => own)));
        if (model.Squares <= Math.Pow(1e-14 * values.Max(own => own.Max(Math.Abs)), 2) * design.RowCount) return [];
        bool isPooled = seeds < 3 || (equalVariances ?? BrownForsythe.For(cells.Count, seeds)).P(Blocks.Residuals(values)) >= LeastOfAll;
        return [.. effects.Select((set, i) =>
        {
            var pooled = new PairedT(seeds, model.Coefficients[seeds + i], model.Errors[seeds + i], model.Freedom) { Pooled = true };
            return new Effect(set, isPooled ? pooled : Own(cells, set) ?? pooled);
        })];
    }

    // A factor counts ½ where it is there and −½ where it is not; an interaction counts the product.
    private static double Code(IReadOnlyList<bool> levels, int[] set) => set.Aggregate(1.0, (code, f) => code * (levels[f] ? 0.5 : -0.5));

    // The effect seed by seed: least squares of a balanced design are these contrasts.
    private static PairedT? Own(IReadOnlyList<(IReadOnlyList<bool> Levels, double[] Values)> cells, int[] set)
    {
        double squares = cells.Sum(c => Math.Pow(Code(c.Levels, set), 2));
        double[] bySeed = [.. Enumerable.Range(0, cells[0].Values.Length).Select(s => cells.Sum(c => Code(c.Levels, set) * c.Values[s]) / squares)];
        return PairedT.Test(bySeed, new double[bySeed.Length]);
    }

    private static int Number(IReadOnlyList<bool> levels) => levels.Select((on, f) => on ? 1 << f : 0).Sum();
}
