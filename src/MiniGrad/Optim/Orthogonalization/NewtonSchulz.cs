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
/// <param name="Precision">Precision of the products.</param>
public sealed record NewtonSchulz(CoefficientSet Coefficients, int Steps, Normalization Normalization = Normalization.Add, double Epsilon = 1e-7, OrthogonalizerPrecision Precision = OrthogonalizerPrecision.Float32) : Orthogonalizer
{
    /// <inheritdoc/>
    public override string Formula => $"O = NS(U): X = U/{InputNormalization.Divisor(Normalization, Epsilon)}; {Steps} × (A = XXᵀ; X ← (aI + bA + cA²)X), coefficients {Coefficients.Name}{(Precision == OrthogonalizerPrecision.Bfloat16 ? ", every product rounded to bfloat16" : "")}";

    /// <inheritdoc/>
    public override void Apply(ComputeContext context, int rows, int columns, BufferView input, BufferView result)
    {
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        bool tall = rows > columns;
        int m = Math.Min(rows, columns), n = Math.Max(rows, columns);
        BufferView other = arena.Allocate(input.Length);

        // The two places change roles every step; the last one leaves its result where it is wanted: in the result for a
        // wide matrix, in the workspace for a tall one, whose result is the transpose of it.
        bool startInResult = (Steps % 2 == 0) != tall;
        (BufferView x, BufferView next) = startInResult ? (result, other) : (other, result);
        InputNormalization.Apply(context, Normalization, Epsilon, rows, columns, input, x);
        x = Precision == OrthogonalizerPrecision.Bfloat16
            ? Bfloat16NewtonSchulz.Iterate(context, Coefficients, Steps, m, n, x, next)
            : Iterate(context, m, n, x, next);
        if (tall) backend.Permute([m, n], [1, 0], x, result, accumulate: false);

        arena.Release(other);
        context.Counters.NewtonSchulzIterations += Steps;
        context.Counters.MatricesOrthogonalized++;
    }

    private BufferView Iterate(ComputeContext context, int m, int n, BufferView x, BufferView next)
    {
        IBackend backend = context.Backend;
        BufferView gram = context.Arena.Allocate((long)m * m), polynomial = context.Arena.Allocate((long)m * m);
        for (int step = 0; step < Steps; step++)
        {
            (double a, double b, double c) = Coefficients.At(step);
            backend.SymmetricProduct(new SymmetricCall { P = x, Q = x, C = gram, N = m, K = n });
            backend.SymmetricProduct(new SymmetricCall { P = gram, Q = gram, C = polynomial, N = m, K = m, Alpha = c, D = gram, Beta = b, Diagonal = a });
            backend.Gemm(new GemmCall { A = polynomial, B = x, C = next, M = m, N = n, K = m, LeadingA = m, LeadingB = n, LeadingC = n });
            (x, next) = (next, x);
        }
        context.Arena.Release(polynomial);
        context.Arena.Release(gram);
        return x;
    }
}
