using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Theory;

/// <summary>What is minimized.</summary>
internal enum TheoryFunction
{
    /// <summary>½‖AX − B‖²: convex, and with all distances and η multiplied by one number the same run, larger by that number.</summary>
    Quadratic,

    /// <summary>Σ φ(AX − B) with φ(r) = ½r²/(1 + r²), entry by entry: not convex, flat far from its minima, and no such scaling.</summary>
    Saturating,
}

/// <summary>f(X) = Σ φ(AX − B) with all that the theorems speak of, evaluated on the host: gradient, smoothness, a lower bound.</summary>
internal sealed class TheoryProblem
{
    private readonly bool _isQuadratic;

    /// <summary>The function of given matrices, A (p,m) and B (p,n); X is (m,n).</summary>
    public TheoryProblem(TheoryFunction function, Matrix<double> a, Matrix<double> b)
    {
        (_isQuadratic, A, B) = (function == TheoryFunction.Quadratic, a, b);
        Smoothness = a.TransposeThisAndMultiply(a).Evd().EigenValues.Real().Maximum();
        LowerBound = _isQuadratic ? Loss(a.QR().Solve(b)) : 0;
    }

    public Matrix<double> A { get; }

    public Matrix<double> B { get; }

    public int Rows => A.ColumnCount;

    public int Columns => B.ColumnCount;

    /// <summary>L = λ_max(AᵀA): ‖∇f(X) − ∇f(Y)‖ ≤ L‖X − Y‖ in the Frobenius norm, since |φ''| ≤ 1 for both functions.</summary>
    public double Smoothness { get; }

    /// <summary>What f cannot fall below: the quadratic's infimum (B need not be in the range of A), else 0.</summary>
    public double LowerBound { get; }

    /// <summary>A seed's problem: A Gaussian with variance 1/p, B = A·X* + noise of standard deviation 0.1; X* has 0.3, or 0.5 where φ saturates.</summary>
    public static TheoryProblem Draw(TheoryFunction function, ulong seed, int p, int m, int n)
    {
        double size = function == TheoryFunction.Quadratic ? 0.3 : 0.5;
        Matrix<double> a = Gaussian(seed, 1, p, m) / Math.Sqrt(p);
        return new TheoryProblem(function, a, a * (size * Gaussian(seed, 2, m, n)) + 0.1 * Gaussian(seed, 3, p, n));
    }

    /// <summary>f(X).</summary>
    public double Loss(Matrix<double> x) => (A * x - B).Enumerate().Sum(r => _isQuadratic ? 0.5 * r * r : 0.5 * r * r / (1 + (r * r)));

    /// <summary>∇f(X) = Aᵀφ'(AX − B), φ'(r) being r, or r/(1 + r²)².</summary>
    public Matrix<double> Gradient(Matrix<double> x) => A.TransposeThisAndMultiply((A * x - B).Map(r => _isQuadratic ? r : r / Math.Pow(1 + (r * r), 2), Zeros.Include));

    /// <summary>f by the library's ops.</summary>
    /// <param name="residual">AX − B.</param>
    public Tensor Loss(Tensor residual)
    {
        Tensor square = residual.Square();
        return 0.5 * (_isQuadratic ? square : square / (1 + square)).Sum();
    }

    private static Matrix<double> Gaussian(ulong seed, ulong stream, int rows, int columns)
    {
        var random = new CounterRandom(seed, stream);
        return Matrix<double>.Build.Dense(rows, columns, (i, j) => random.Normal((ulong)(i * columns + j)));
    }
}
