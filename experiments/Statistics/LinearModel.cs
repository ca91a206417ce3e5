using MathNet.Numerics.LinearAlgebra;

namespace MiniGrad.Experiments.Statistics;

/// <summary>A linear model by least squares: y = X·β + residual.</summary>
/// <param name="Coefficients">β.</param>
/// <param name="Errors">Their standard errors.</param>
/// <param name="Squares">The sum of the squared residuals.</param>
/// <param name="Freedom">Its degrees of freedom: rows minus columns.</param>
internal sealed record LinearModel(IReadOnlyList<double> Coefficients, IReadOnlyList<double> Errors, double Squares, int Freedom)
{
    /// <summary>Fits a model.</summary>
    /// <param name="x">The design, (rows, columns), of full column rank.</param>
    /// <param name="y">The observations, one a row.</param>
    /// <exception cref="ArgumentException">There are no more rows than columns, or their rank is not full.</exception>
    public static LinearModel Fit(Matrix<double> x, Vector<double> y)
    {
        int freedom = x.RowCount - x.ColumnCount;
        if (freedom < 1 || x.RowCount != y.Count) throw new ArgumentException($"{y.Count} observations and a design of {x.RowCount}×{x.ColumnCount}, expected as many as rows, and more rows than columns");
        if (x.Rank() < x.ColumnCount) throw new ArgumentException($"the {x.ColumnCount} columns of the design have rank {x.Rank()}, expected columns none of which follows from the others");
        Vector<double> coefficients = x.QR().Solve(y);
        double squares = (y - x * coefficients).DotProduct(y - x * coefficients);
        Vector<double> variances = x.TransposeThisAndMultiply(x).Inverse().Diagonal() * (squares / freedom);
        return new LinearModel([.. coefficients], [.. variances.PointwiseSqrt()], squares, freedom);
    }
}
