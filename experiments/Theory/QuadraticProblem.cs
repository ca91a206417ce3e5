using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Theory;

/// <summary>f(X) = ½‖AX − B‖² with all that the theorems speak of, evaluated on the host: gradient, smoothness, infimum.</summary>
internal sealed class QuadraticProblem
{
    /// <summary>The function of given matrices, A (p,m) and B (p,n); X is (m,n).</summary>
    public QuadraticProblem(Matrix<double> a, Matrix<double> b)
    {
        (A, B) = (a, b);
        Smoothness = a.TransposeThisAndMultiply(a).Evd().EigenValues.Real().Maximum();
        Infimum = Loss(a.QR().Solve(b));
    }

    public Matrix<double> A { get; }

    public Matrix<double> B { get; }

    public int Rows => A.ColumnCount;

    public int Columns => B.ColumnCount;

    /// <summary>L = λ_max(AᵀA): ‖∇f(X) − ∇f(Y)‖ ≤ L‖X − Y‖ in the Frobenius norm.</summary>
    public double Smoothness { get; }

    /// <summary>The least value of f; B need not be in the range of A.</summary>
    public double Infimum { get; }

    /// <summary>A seed's problem: A Gaussian with variance 1/p, B = A·X* + noise, X* of standard deviation 0.3.</summary>
    public static QuadraticProblem Draw(ulong seed, int p, int m, int n)
    {
        Matrix<double> a = Gaussian(seed, 1, p, m) / Math.Sqrt(p);
        return new QuadraticProblem(a, a * (0.3 * Gaussian(seed, 2, m, n)) + 0.1 * Gaussian(seed, 3, p, n));
    }

    public double Loss(Matrix<double> x) => 0.5 * Math.Pow((A * x - B).FrobeniusNorm(), 2);

    /// <summary>∇f(X) = Aᵀ(AX − B).</summary>
    public Matrix<double> Gradient(Matrix<double> x) => A.TransposeThisAndMultiply(A * x - B);

    private static Matrix<double> Gaussian(ulong seed, ulong stream, int rows, int columns)
    {
        var random = new CounterRandom(seed, stream);
        return Matrix<double>.Build.Dense(rows, columns, (i, j) => random.Normal((ulong)(i * columns + j)));
    }
}
