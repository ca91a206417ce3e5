using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Optim.Orthogonalization;

/// <summary>
/// Newton–Schulz: X ← X/ν, then <c>A = XXᵀ; B = aI + bA + cA²; X ← BX</c> a number of times, which takes every singular
/// value σ to p(σ/ν) and leaves the singular vectors alone. A and B are symmetric, so only one triangle of each is
/// computed. A tall matrix is worked through its transpose. Zero stays zero.
/// </summary>
/// <param name="Coefficients">The polynomials.</param>
/// <param name="Steps">Number of iterations.</param>
/// <param name="Normalization">How ν is made from the Frobenius norm.</param>
/// <param name="Epsilon">ε of the normalization.</param>
public sealed record NewtonSchulz(CoefficientSet Coefficients, int Steps, Normalization Normalization = Normalization.Add, double Epsilon = 1e-7)
{
    private const double SafetyFactor = 1.02;

    /// <summary>The formula, for people.</summary>
    public string Formula => $"O = NS(U): X = U/{Divisor}; {Steps} × (A = XXᵀ; X ← (aI + bA + cA²)X), coefficients {Coefficients.Name}";

    private string Divisor => Normalization switch
    {
        Normalization.Add => $"(‖U‖ + {Epsilon})",
        Normalization.Max => $"max(‖U‖, {Epsilon})",
        _ => $"({SafetyFactor}‖U‖ + {Epsilon})",
    };

    /// <summary>Orthogonalizes a matrix.</summary>
    /// <param name="context">Where the matrix lives; its arena lends the workspace, its counters are raised.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="input">The matrix, not modified.</param>
    /// <param name="result">The result; does not overlap the input.</param>
    public void Apply(ComputeContext context, int rows, int columns, BufferView input, BufferView result)
    {
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        bool tall = rows > columns;
        int m = Math.Min(rows, columns), n = Math.Max(rows, columns);
        BufferView other = arena.Allocate(input.Length), gram = arena.Allocate((long)m * m), polynomial = arena.Allocate((long)m * m);

        // The two places change roles every step; the last one leaves its result where it is wanted: in the result for a
        // wide matrix, in the workspace for a tall one, whose result is the transpose of it.
        bool startInResult = (Steps % 2 == 0) != tall;
        (BufferView x, BufferView next) = startInResult ? (result, other) : (other, result);
        Normalize(context, rows, columns, input, x, tall);
        for (int step = 0; step < Steps; step++)
        {
            (double a, double b, double c) = Coefficients.At(step);
            backend.SymmetricProduct(new SymmetricCall { P = x, Q = x, C = gram, N = m, K = n });
            backend.SymmetricProduct(new SymmetricCall { P = gram, Q = gram, C = polynomial, N = m, K = m, Alpha = c, D = gram, Beta = b, Diagonal = a });
            backend.Gemm(new GemmCall { A = polynomial, B = x, C = next, M = m, N = n, K = m, LeadingA = m, LeadingB = n, LeadingC = n });
            (x, next) = (next, x);
        }
        if (tall) backend.Permute([m, n], [1, 0], x, result, accumulate: false);

        arena.Release(polynomial);
        arena.Release(gram);
        arena.Release(other);
        context.Counters.NewtonSchulzIterations += Steps;
        context.Counters.MatricesOrthogonalized++;
    }

    private void Normalize(ComputeContext context, int rows, int columns, BufferView input, BufferView x, bool tall)
    {
        IBackend backend = context.Backend;
        BufferView factor = context.Arena.Allocate(1);
        backend.Norm(input, factor);
        switch (Normalization)
        {
            case Normalization.Add:
                backend.Scalar(ScalarOperation.DivideAdd, 1, Epsilon, factor, factor);
                break;
            case Normalization.Max:
                backend.Scalar(ScalarOperation.DivideMax, 1, Epsilon, factor, factor);
                break;
            case Normalization.Safety:
                backend.Scalar(ScalarOperation.DivideAdd, 1 / SafetyFactor, Epsilon / SafetyFactor, factor, factor);
                break;
        }
        if (tall) backend.Permute([rows, columns], [1, 0], input, x, accumulate: false);
        backend.Axpby(1, factor, tall ? x : input, 0, default, x, default);
        context.Arena.Release(factor);
    }
}
