using MathNet.Numerics.LinearAlgebra;

namespace MiniGrad;

/// <summary>
/// Designs Newton–Schulz coefficients: for every step the odd polynomial of degree 5 that is nearest to 1 on the interval
/// that the singular values then lie in, found by Remez' exchange. On [l, u] it takes values in [1 − E, 1 + E], which is
/// the next step's interval; the composition is the best one of its kind (Polar Express, arXiv 2505.16932, Theorem 3.1).
/// </summary>
public static class MinimaxCoefficients
{
    /// <summary>The cushion of the published Polar Express list: no step is designed for l/u below it.</summary>
    public const double PolarExpressCushion = 0.02407327424182761;

    private const int MostExchanges = 200;
    private const double NearlyOne = 5e-6;

    /// <summary>Coefficients of a number of steps for singular values in [lower, 1].</summary>
    /// <param name="steps">Number of steps, T, from 1 to 99.</param>
    /// <param name="lower">The least singular value after the normalization, l, in (0, 1).</param>
    /// <param name="cushion">Steps whose interval is wider than u/cushion are designed for [cushion·u, u] and centred on the true one: safer in low precision, slower. 0 gives the minimax polynomials.</param>
    /// <returns>The polynomials and the range that the composition maps [lower, 1] to.</returns>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static CoefficientDesign Design(int steps, double lower, double cushion = 0)
    {
        if (steps is < 1 or > 99) throw new ArgumentException($"steps is {steps}; expected a whole number from 1 to 99");
        if (!(lower > 1e-12 && lower < 1)) throw new ArgumentException($"lower is {lower}; expected a number between 1e-12 and 1, such as 1e-3");
        if (!(cushion >= 0 && cushion < 1)) throw new ArgumentException($"cushion is {cushion}; expected a number in [0, 1)");
        var triples = new Coefficients[steps];
        double l = lower, u = 1;
        for (int step = 0; step < steps; step++)
        {
            Coefficients best = Nearest(Math.Max(l, cushion * u), u);
            // Only a cushion leaves the ends unequally far from 1.
            double centre = cushion == 0 ? 1 : 2 / (best.At(l) + best.At(u));
            triples[step] = new Coefficients(best.A * centre, best.B * centre, best.C * centre);
            l = triples[step].At(l);
            u = 2 - l;
        }
        return new CoefficientDesign(CoefficientSet.Custom(triples), lower, l, u);
    }

    /// <summary>The odd quintic nearest to 1 on [l, u]: its error has four extremes of one size, at l, at two places between, and at u.</summary>
    private static Coefficients Nearest(double l, double u)
    {
        // The limit for l → u is Taylor's; the equations of the exchange are then singular.
        if (l / u >= 1 - NearlyOne) return new Coefficients(1.875 / u, -1.25 / (u * u * u), 0.375 / (u * u * u * u * u));
        Span<double> extremes = [l, ((3 * l) + u) / 4, (l + (3 * u)) / 4, u];
        (Coefficients polynomial, double error) = (default, double.PositiveInfinity);
        for (int exchange = 0; exchange < MostExchanges; exchange++)
        {
            (polynomial, double next) = Levelled(extremes);
            (double a, double b, double c) = polynomial;
            double root = Math.Sqrt(Math.Max(0, (9 * b * b) - (20 * a * c)));
            extremes[1] = Math.Sqrt(((-3 * b) - root) / (10 * c));
            extremes[2] = Math.Sqrt(((-3 * b) + root) / (10 * c));
            if (Math.Abs(next - error) <= 1e-15) break;
            error = next;
        }
        return polynomial;
    }

    /// <summary>The polynomial whose error is ±E at four places in turn: p(x_i) + (−1)^i·E = 1.</summary>
    private static (Coefficients Polynomial, double Error) Levelled(ReadOnlySpan<double> x)
    {
        var matrix = Matrix<double>.Build.Dense(4, 4);
        for (int i = 0; i < 4; i++)
        {
            double square = x[i] * x[i];
            (matrix[i, 0], matrix[i, 1], matrix[i, 2], matrix[i, 3]) = (x[i], x[i] * square, x[i] * square * square, i % 2 == 0 ? 1 : -1);
        }
        Vector<double> solution = matrix.Solve(Vector<double>.Build.Dense(4, 1));
        return (new Coefficients(solution[0], solution[1], solution[2]), solution[3]);
    }
}

/// <summary>Designed coefficients and what they promise.</summary>
/// <param name="Coefficients">The polynomials.</param>
/// <param name="Lower">The least singular value that they are designed for.</param>
/// <param name="Smallest">The least value of the composition on [Lower, 1].</param>
/// <param name="Largest">The greatest, 2 − <paramref name="Smallest"/>.</param>
public sealed record CoefficientDesign(CoefficientSet Coefficients, double Lower, double Smallest, double Largest)
{
    /// <summary>Number of steps.</summary>
    public int Steps => Coefficients.Triples.Length;

    /// <summary>The largest distance from 1 on [Lower, 1].</summary>
    public double Error => 1 - Smallest;
}
