using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim.Orthogonalization;

/// <summary>
/// Newton–Schulz as it runs in bfloat16: what is stored is rounded to 8 significant bits, ties to even, while products add
/// up in the back end's own precision, as matrix units do: <c>A = r(XXᵀ); B = r(bA + cA²); X ← r(aX + BX)</c>. It is
/// for back ends without products of that precision, so it shows what the precision does, not how fast it is.
/// </summary>
internal static class Bfloat16NewtonSchulz
{
    /// <summary>Whether a back end has no such products, or none that round: in float64 nothing is.</summary>
    public static bool IsNeeded(IBackend backend) => backend.RealSize != sizeof(float) || !backend.Supports(Precision.Bfloat16);

    /// <summary>Runs the iteration.</summary>
    /// <param name="context">Where the matrix lives.</param>
    /// <param name="coefficients">The polynomials.</param>
    /// <param name="steps">Number of iterations.</param>
    /// <param name="count">How many matrices, one behind the other.</param>
    /// <param name="m">Rows of X, at most n.</param>
    /// <param name="n">Columns.</param>
    /// <param name="x">The normalized matrices; overwritten.</param>
    /// <param name="next">As much room again.</param>
    /// <returns>Which of the two holds the result.</returns>
    public static BufferView Iterate(ComputeContext context, CoefficientSet coefficients, int steps, int count, int m, int n, BufferView x, BufferView next)
    {
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        long square = (long)m * m, whole = (long)m * n;
        BufferView gram = arena.Allocate(count * square), polynomial = arena.Allocate(count * square), workspace = arena.Allocate(x.Length);
        BufferView small = workspace.Slice(0, gram.Length);
        backend.RoundToBfloat16(x, workspace);
        for (int step = 0; step < steps; step++)
        {
            (double a, double b, double c) = coefficients.At(step);
            backend.SymmetricProducts(count, new SymmetricCall { P = x, Q = x, C = gram, N = m, K = n });
            backend.RoundToBfloat16(gram, small);
            backend.SymmetricProducts(count, new SymmetricCall { P = gram, Q = gram, C = polynomial, N = m, K = m, Alpha = c, D = gram, Beta = b });
            backend.RoundToBfloat16(polynomial, small);
            backend.Axpby(a, default, x, 0, default, next, default);
            backend.Gemm(new GemmCall { A = polynomial, B = x, C = next, M = m, N = n, K = m, LeadingA = m, LeadingB = n, LeadingC = n, Batch = count, StrideA = square, StrideB = whole, StrideC = whole, Accumulate = true });
            backend.RoundToBfloat16(next, workspace);
            (x, next) = (next, x);
        }
        arena.Release(workspace);
        arena.Release(polynomial);
        arena.Release(gram);
        return x;
    }
}
