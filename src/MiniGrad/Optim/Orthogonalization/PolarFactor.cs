using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace MiniGrad.Optim.Orthogonalization;

/// <summary>
/// The polar factor of a wide m×n matrix X in float64. The eigenvectors Q of XXᵀ make the rows of <c>Y = QᵀX</c> orthogonal;
/// where squaring has lost small singular values they are not quite, and plane rotations (Hestenes' one-sided Jacobi) finish
/// the work. Then <c>σᵢ = ‖yᵢ‖</c> and the polar factor is <c>Σ qᵢ yᵢ/σᵢ</c>.
/// </summary>
internal static class PolarFactor
{
    private const double Unit = 1.0 / (1L << 52);
    private const double Orthogonal = 4 * Unit;
    private const int Sweeps = 40;

    /// <summary>Replaces a row-major matrix by its polar factor; by NaN where it holds a value that is not finite.</summary>
    /// <param name="x">The matrix, m×n with m ≤ n.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    public static void Compute(double[] x, int m, int n)
    {
        double largest = TensorPrimitives.MaxMagnitude(x);
        if (largest == 0) return;
        if (!double.IsFinite(largest))
        {
            Array.Fill(x, double.NaN);
            return;
        }
        TensorPrimitives.Divide(x, Math.Abs(largest), x);
        double[] q = Eigenvectors(x, m, n), y = new double[x.Length];
        for (int i = 0; i < m; i++)
        {
            for (int k = 0; k < m; k++) AddScaled(q[(i * m) + k], Row(x, k, n), Row(y, i, n));
        }
        double smallest = Orthogonalize(y, q, m, n);

        Array.Clear(x);
        for (int i = 0; i < m; i++)
        {
            double sigma = TensorPrimitives.Norm<double>(Row(y, i, n));
            if (sigma <= smallest) continue;
            for (int k = 0; k < m; k++) AddScaled(q[(i * m) + k] / sigma, Row(y, i, n), Row(x, k, n));
        }
    }

    /// <summary>The eigenvectors of XXᵀ, one a row.</summary>
    private static double[] Eigenvectors(double[] x, int m, int n)
    {
        var gram = Matrix<double>.Build.Dense(m, m);
        for (int i = 0; i < m; i++)
        {
            for (int j = i; j < m; j++) gram[i, j] = gram[j, i] = TensorPrimitives.Dot<double>(Row(x, i, n), Row(x, j, n));
        }
        Evd<double> decomposition = gram.Evd(Symmetricity.Symmetric);
        return decomposition.EigenVectors.ToColumnMajorArray();
    }

    /// <summary>Rotates pairs of rows of Y, and of Q with them, until all are orthogonal; returns the size below which a row counts as zero.</summary>
    private static double Orthogonalize(double[] y, double[] q, int m, int n)
    {
        double smallest = 0;
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            double sigma = 0;
            for (int i = 0; i < m; i++) sigma = Math.Max(sigma, TensorPrimitives.Norm<double>(Row(y, i, n)));
            smallest = Math.Max(m, n) * Unit * sigma;
            bool rotated = false;
            for (int i = 0; i < m; i++)
            {
                for (int j = i + 1; j < m; j++) rotated |= Rotate(Row(y, i, n), Row(y, j, n), Row(q, i, m), Row(q, j, m), smallest);
            }
            if (!rotated) break;
        }
        return smallest;
    }

    private static bool Rotate(Span<double> a, Span<double> b, Span<double> p, Span<double> q, double smallest)
    {
        double aa = TensorPrimitives.SumOfSquares<double>(a), bb = TensorPrimitives.SumOfSquares<double>(b), ab = TensorPrimitives.Dot<double>(a, b);
        if (aa <= smallest * smallest || bb <= smallest * smallest || Math.Abs(ab) <= Orthogonal * Math.Sqrt(aa) * Math.Sqrt(bb) * Math.Sqrt(a.Length)) return false;
        double zeta = (bb - aa) / (2 * ab), t = Math.CopySign(1, zeta) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
        double c = 1 / Math.Sqrt(1 + (t * t)), s = c * t;
        Turn(a, b, c, s);
        Turn(p, q, c, s);
        return true;
    }

    private static void Turn(Span<double> a, Span<double> b, double c, double s)
    {
        for (int i = 0; i < a.Length; i++) (a[i], b[i]) = ((c * a[i]) - (s * b[i]), (s * a[i]) + (c * b[i]));
    }

    private static void AddScaled(double factor, ReadOnlySpan<double> x, Span<double> y) => TensorPrimitives.MultiplyAdd(x, factor, y, y);

    private static Span<double> Row(double[] matrix, int row, int columns) => matrix.AsSpan(row * columns, columns);
}
