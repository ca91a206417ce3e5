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
/// happens X and G are made anew from Q: never or once in float32. In bfloat16 rounding aI + P would spoil what X does not have, so
/// a stays apart, unrounded, and X is made anew as <c>r(X + PX/a)</c>, whose factor a is kept for the end. That is done after every
/// second step or so; the first stretch may be longer, since ‖G‖ ≤ 1 there and its errors are small.
/// </remarks>
internal static class GramNewtonSchulz
{
    private const int LeastRows = 64;
    private const double TolerableError = 0.02, TolerableInBfloat16 = 0.3, TolerableAtFirst = 4, TolerableShift = 0.4;
    private const int DoubleBits = 53, SingleBits = 24, Bfloat16Bits = 9, GridPoints = 64;

    /// <summary>Whether this form saves work for an m×n matrix, m ≤ n.</summary>
    public static bool Pays(int m, int n) => m >= LeastRows && 2L * n >= 3L * m;

    /// <summary>Whether X and G are made anew before a step.</summary>
    /// <param name="coefficients">The polynomials.</param>
    /// <param name="steps">Number of iterations.</param>
    /// <param name="first">The first step since they were made.</param>
    /// <param name="step">The step.</param>
    /// <param name="realSize">Bytes of a number, which say how large rounding errors are.</param>
    /// <param name="precision">What products round their operands to.</param>
    public static bool RestartsBefore(CoefficientSet coefficients, int steps, int first, int step, int realSize, Precision precision = Precision.Float32)
    {
        if (step <= first) return false;
        bool half = precision == Precision.Bfloat16;
        double unit = Math.ScaleB(1, -(half ? Bfloat16Bits : realSize == sizeof(double) ? DoubleBits : SingleBits)), slope = 1;
        for (int s = first; s <= step; s++) slope *= coefficients.At(s).A;
        double growth = unit * slope * slope;
        if (growth <= (half ? TolerableInBfloat16 : TolerableError)) return false;
        return !half || first > 0 || growth > TolerableAtFirst || LargestShift(coefficients, steps, step + 1, unit * slope) > TolerableShift;
    }

    // By how much a singular value can end elsewhere if it is off by so large a part of its first size after the first stretch.
    private static double LargestShift(CoefficientSet coefficients, int steps, int stretch, double error)
    {
        double largest = 0;
        for (int i = 1; i <= GridPoints; i++)
        {
            double sigma = (double)i / GridPoints, value = coefficients.Compose(stretch, sigma), end = Rest(value);
            largest = Math.Max(largest, Math.Max(Math.Abs(Rest(value + error * sigma) - end), Math.Abs(Rest(value - error * sigma) - end)));
        }
        return largest;

        double Rest(double value)
        {
            for (int step = stretch; step < steps; step++) value = coefficients.At(step).At(value);
            return value;
        }
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
            if (!RestartsBefore(coefficients, steps, first, step, realSize, precision)) continue;
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
        if (precision == Precision.Bfloat16) return IterateInBfloat16(context, coefficients, steps, count, m, n, x, next, tall);
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        long square = count * (long)m * m;
        BufferView gram = arena.Allocate(square), polynomial = arena.Allocate(square), q = arena.Allocate(square), product = arena.Allocate(square);
        int first = 0;
        for (int step = 0; step < steps; step++)
        {
            if (step == first) backend.SymmetricProducts(count, new SymmetricCall { P = x, Q = x, C = gram, N = m, K = n, Transposed = tall });
            (double a, double b, double c) = coefficients.At(step);
            backend.SymmetricProducts(count, new SymmetricCall { P = gram, Q = gram, C = polynomial, N = m, K = m, Alpha = c, D = gram, Beta = b, Diagonal = a });
            BufferView factor = polynomial;
            if (step == first)
            {
                // Q was I.
                (q, polynomial) = (polynomial, q);
            }
            else
            {
                Multiply(backend, count, m, polynomial, q, product);
                (q, product) = (product, q);
            }
            if (step + 1 == steps) break;
            if (RestartsBefore(coefficients, steps, first, step + 1, backend.RealSize))
            {
                first = step + 1;
                MultiplyX(backend, count, m, n, q, x, next, tall);
                (x, next) = (next, x);
                continue;
            }
            Multiply(backend, count, m, factor, gram, product);
            Multiply(backend, count, m, factor, product, gram);
        }
        MultiplyX(backend, count, m, n, q, x, next, tall);
        arena.Release(product);
        arena.Release(q);
        arena.Release(polynomial);
        arena.Release(gram);
        return next;
    }

    // Q, P and PG without a part that is a multiple of I or G: these parts are added in float32.
    private static BufferView IterateInBfloat16(ComputeContext context, CoefficientSet coefficients, int steps, int count, int m, int n, BufferView x, BufferView next, bool tall)
    {
        const Precision half = Precision.Bfloat16;
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        long square = count * (long)m * m;
        BufferView gram = arena.Allocate(square), polynomial = arena.Allocate(square), q = arena.Allocate(square), product = arena.Allocate(square), other = arena.Allocate(square);
        // X is kept divided by scale; Q is offset·I + q.
        double scale = 1, offset = 1;
        int first = 0;
        backend.RoundToBfloat16(x, next);
        for (int step = 0; step < steps; step++)
        {
            if (step == first) backend.SymmetricProducts(count, new SymmetricCall { P = x, Q = x, C = gram, N = m, K = n, Transposed = tall, Alpha = scale * scale, Precision = half });
            (double a, double b, double c) = coefficients.At(step);
            bool ends = step + 1 == steps;
            BufferView factor = step == first ? q : polynomial;
            backend.SymmetricProducts(count, new SymmetricCall { P = gram, Q = gram, C = factor, N = m, K = m, Alpha = c, D = gram, Beta = b, Diagonal = ends && step == first ? a : 0, Precision = half });
            if (step > first)
            {
                backend.Axpby(a, default, q, offset, factor, product, default);
                backend.SymmetricProducts(count, new SymmetricCall { P = factor, Q = q, C = other, N = m, K = m, D = product, Beta = 1, Diagonal = ends ? offset * a : 0, Precision = half });
                (q, other) = (other, q);
            }
            offset = step == first ? a : offset * a;
            if (ends) break;
            if (RestartsBefore(coefficients, steps, first, step + 1, backend.RealSize, half))
            {
                first = step + 1;
                MultiplyX(backend, count, m, n, q, x, next, tall, half, 1 / offset, x);
                backend.RoundToBfloat16(next, x);
                (x, next) = (next, x);
                scale *= offset;
                continue;
            }
            Multiply(backend, count, m, factor, gram, product, half, a);
            Multiply(backend, count, m, factor, product, gram, half, a);
        }
        MultiplyX(backend, count, m, n, q, x, next, tall, half, scale);
        arena.Release(other);
        arena.Release(product);
        arena.Release(q);
        arena.Release(polynomial);
        arena.Release(gram);
        return next;
    }

    // alpha·QX + residual, or its transpose alpha·XᵀQ + residual where X is stored as n×m.
    private static void MultiplyX(IBackend backend, int count, int m, int n, BufferView q, BufferView x, BufferView result, bool tall, Precision precision = Precision.Float32, double alpha = 1, BufferView residual = default)
    {
        long square = (long)m * m, whole = (long)m * n;
        if (tall) backend.Gemm(new GemmCall { A = x, B = q, C = result, M = n, N = m, K = m, LeadingA = m, LeadingB = m, LeadingC = m, Batch = count, StrideA = whole, StrideB = square, StrideC = whole, Alpha = alpha, Residual = residual, Precision = precision });
        else backend.Gemm(new GemmCall { A = q, B = x, C = result, M = m, N = n, K = m, LeadingA = m, LeadingB = n, LeadingC = n, Batch = count, StrideA = square, StrideB = whole, StrideC = whole, Alpha = alpha, Residual = residual, Precision = precision });
    }

    // (shift·I + P)·Q. Polynomials of one matrix commute, so their product is symmetric.
    private static void Multiply(IBackend backend, int count, int m, BufferView p, BufferView q, BufferView result, Precision precision = Precision.Float32, double shift = 0) =>
        backend.SymmetricProducts(count, new SymmetricCall { P = p, Q = q, C = result, N = m, K = m, D = shift == 0 ? default : q, Beta = shift, Precision = precision });
}
