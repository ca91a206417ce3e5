using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim.Orthogonalization;

/// <summary>
/// Newton–Schulz through the Gram matrix: the polynomials are applied to <c>G = XXᵀ</c>, which is small, and X is
/// multiplied once at the end. With <c>Q = I</c>: <c>P = aI + bG + cG²; Q ← PQ; G ← P²G</c> a number of times, then QX.
/// All inner products are m×m and symmetric: 3m²n + 17m³ operations for five steps instead of 15m²n + 5m³ (Dao-AILab).
/// </summary>
/// <remarks>
/// An eigenvalue of G that should be 0 is a rounding error, and grows by a² a step until it is no longer small. Before that
/// happens X and G are made anew from Q: never or once in float32, after every second step in bfloat16, whose result is no more
/// exact than its 8 bits anyway.
/// </remarks>
internal static class GramNewtonSchulz
{
    private const int LeastRows = 64;
    private const double TolerableError = 0.02, TolerableInBfloat16 = 0.3;
    private const int DoubleBits = 53, SingleBits = 24, Bfloat16Bits = 9;

    /// <summary>Whether this form saves work for an m×n matrix, m ≤ n.</summary>
    public static bool Pays(int m, int n) => m >= LeastRows && 2L * n >= 3L * m;

    /// <summary>Whether X and G are made anew before a step.</summary>
    /// <param name="coefficients">The polynomials.</param>
    /// <param name="first">The first step since they were made.</param>
    /// <param name="step">The step.</param>
    /// <param name="realSize">Bytes of a number, which say how large rounding errors are.</param>
    /// <param name="precision">What products round their operands to.</param>
    public static bool RestartsBefore(CoefficientSet coefficients, int first, int step, int realSize, Precision precision = Precision.Float32)
    {
        bool half = precision == Precision.Bfloat16;
        double growth = Math.ScaleB(1, -(half ? Bfloat16Bits : realSize == sizeof(double) ? DoubleBits : SingleBits));
        for (int s = first; s <= step; s++) growth *= coefficients.At(s).A * coefficients.At(s).A;
        return step > first && growth > (half ? TolerableInBfloat16 : TolerableError);
    }

    /// <summary>How often X and G are made anew.</summary>
    /// <param name="coefficients">The polynomials.</param>
    /// <param name="steps">Number of iterations.</param>
    /// <param name="realSize">Bytes of a number.</param>
    /// <param name="precision">What products round their operands to.</param>
    public static int Restarts(CoefficientSet coefficients, int steps, int realSize, Precision precision = Precision.Float32)
    {
        int restarts = 0, first = 0;
        for (int step = 1; step < steps; step++)
        {
            if (!RestartsBefore(coefficients, first, step, realSize, precision)) continue;
            first = step;
            restarts++;
        }
        return restarts;
    }

    /// <summary>Iterates.</summary>
    /// <param name="context">Where the matrix lives.</param>
    /// <param name="coefficients">The polynomials.</param>
    /// <param name="steps">Number of iterations.</param>
    /// <param name="count">How many matrices, one behind the other.</param>
    /// <param name="m">Rows of X.</param>
    /// <param name="n">Columns of X.</param>
    /// <param name="x">The normalized X, m×n, or its transpose; overwritten when X is made anew.</param>
    /// <param name="next">As much room.</param>
    /// <param name="tall">Whether X is given, and the result wanted, as n×m.</param>
    /// <param name="precision">What products round their operands to.</param>
    /// <returns>Which of the two places holds the result.</returns>
    public static BufferView Iterate(ComputeContext context, CoefficientSet coefficients, int steps, int count, int m, int n, BufferView x, BufferView next, bool tall, Precision precision)
    {
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        long square = count * (long)m * m;
        BufferView gram = arena.Allocate(square), polynomial = arena.Allocate(square), q = arena.Allocate(square), product = arena.Allocate(square);
        int first = 0;
        for (int step = 0; step < steps; step++)
        {
            if (step == first) backend.SymmetricProducts(count, new SymmetricCall { P = x, Q = x, C = gram, N = m, K = n, Transposed = tall, Precision = precision });
            (double a, double b, double c) = coefficients.At(step);
            backend.SymmetricProducts(count, new SymmetricCall { P = gram, Q = gram, C = polynomial, N = m, K = m, Alpha = c, D = gram, Beta = b, Diagonal = a, Precision = precision });
            BufferView factor = polynomial;
            if (step == first)
            {
                // Q was I.
                (q, polynomial) = (polynomial, q);
            }
            else
            {
                Multiply(backend, count, m, polynomial, q, product, precision);
                (q, product) = (product, q);
            }
            if (step + 1 == steps) break;
            if (RestartsBefore(coefficients, first, step + 1, backend.RealSize, precision))
            {
                first = step + 1;
                MultiplyX(backend, count, m, n, q, x, next, tall, precision);
                (x, next) = (next, x);
                continue;
            }
            Multiply(backend, count, m, factor, gram, product, precision);
            Multiply(backend, count, m, factor, product, gram, precision);
        }
        MultiplyX(backend, count, m, n, q, x, next, tall, precision);
        arena.Release(product);
        arena.Release(q);
        arena.Release(polynomial);
        arena.Release(gram);
        return next;
    }

    // QX, or (QX)ᵀ = XᵀQ of what is stored as n×m.
    private static void MultiplyX(IBackend backend, int count, int m, int n, BufferView q, BufferView x, BufferView result, bool tall, Precision precision)
    {
        long square = (long)m * m, whole = (long)m * n;
        if (tall) backend.Gemm(new GemmCall { A = x, B = q, C = result, M = n, N = m, K = m, LeadingA = m, LeadingB = m, LeadingC = m, Batch = count, StrideA = whole, StrideB = square, StrideC = whole, Precision = precision });
        else backend.Gemm(new GemmCall { A = q, B = x, C = result, M = m, N = n, K = m, LeadingA = m, LeadingB = n, LeadingC = n, Batch = count, StrideA = square, StrideB = whole, StrideC = whole, Precision = precision });
    }

    // Polynomials of one matrix commute, so their product is symmetric.
    private static void Multiply(IBackend backend, int count, int m, BufferView p, BufferView q, BufferView result, Precision precision) =>
        backend.SymmetricProducts(count, new SymmetricCall { P = p, Q = q, C = result, N = m, K = m, Precision = precision });
}
