using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Optim.Orthogonalization;

/// <summary>
/// How a matrix is brought into the range (0, 1] of the polynomials: divided by ν, a computed scalar that stays on the back
/// end, or (<see cref="Normalization.Aol"/>) row by row. The three that need XXᵀ take it of the X that was divided by its
/// Frobenius norm, so that no scale of the gradient under- or overflows there.
/// </summary>
internal static class InputNormalization
{
    /// <summary>What <see cref="Normalization.Safety"/> multiplies the norm by.</summary>
    public const double SafetyFactor = 1.02;

    /// <summary>Whether ε enters.</summary>
    public static bool UsesEpsilon(Normalization normalization) => normalization is Normalization.Add or Normalization.Max or Normalization.Safety;

    /// <summary>What U is divided by, for people.</summary>
    public static string Divisor(Normalization normalization, double epsilon) => normalization switch
    {
        Normalization.Add => $"(‖U‖ + {epsilon})",
        Normalization.Max => $"max(‖U‖, {epsilon})",
        Normalization.Safety => $"({SafetyFactor}‖U‖ + {epsilon})",
        Normalization.Aol => "√Σⱼ|UUᵀ|ᵢⱼ row by row",
        Normalization.Spectral => "σ_max(U)",
        _ => "√‖UUᵀ‖",
    };

    /// <summary>Writes the normalized matrix, transposed when it is tall, as m×n with m ≤ n.</summary>
    /// <param name="context">Where the matrix lives.</param>
    /// <param name="normalization">How.</param>
    /// <param name="epsilon">ε of the Frobenius forms.</param>
    /// <param name="rows">Rows of the input.</param>
    /// <param name="columns">Columns of the input.</param>
    /// <param name="input">The matrix, not modified.</param>
    /// <param name="x">The result.</param>
    public static void Apply(ComputeContext context, Normalization normalization, double epsilon, int rows, int columns, BufferView input, BufferView x)
    {
        IBackend backend = context.Backend;
        bool tall = rows > columns;
        BufferView factor = context.Arena.Allocate(1);
        backend.Norm(input, factor);
        switch (normalization)
        {
            case Normalization.Max:
                backend.Scalar(ScalarOperation.DivideMax, 1, epsilon, factor, factor);
                break;
            case Normalization.Safety:
                backend.Scalar(ScalarOperation.DivideAdd, 1 / SafetyFactor, epsilon / SafetyFactor, factor, factor);
                break;
            default:
                backend.Scalar(ScalarOperation.DivideAdd, 1, UsesEpsilon(normalization) ? epsilon : 0, factor, factor);
                break;
        }
        if (tall) backend.Permute([rows, columns], [1, 0], input, x, accumulate: false);
        backend.Axpby(1, factor, tall ? x : input, 0, default, x, default);
        if (!UsesEpsilon(normalization)) FromGram(context, normalization, Math.Min(rows, columns), Math.Max(rows, columns), x, factor);
        context.Arena.Release(factor);
    }

    private static void FromGram(ComputeContext context, Normalization normalization, int m, int n, BufferView x, BufferView factor)
    {
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        BufferView gram = arena.Allocate((long)m * m);
        backend.SymmetricProduct(new SymmetricCall { P = x, Q = x, C = gram, N = m, K = n });
        if (normalization == Normalization.Aol)
        {
            ScaleRows(context, m, n, gram, x);
        }
        else
        {
            if (normalization == Normalization.Schatten4) backend.Norm(gram, factor);
            else SpectralNorm.OfPositive(context, m, gram, factor);
            backend.Unary(UnaryOperation.Sqrt, factor, factor);
            backend.Scalar(ScalarOperation.DivideAdd, 1, 0, factor, factor);
            backend.Axpby(1, factor, x, 0, default, x, default);
        }
        arena.Release(gram);
    }

    /// <summary>Row i over √Σⱼ|XXᵀ|ᵢⱼ; a row of zeros stays one.</summary>
    private static void ScaleRows(ComputeContext context, int m, int n, BufferView gram, BufferView x)
    {
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        BufferView sign = arena.Allocate(gram.Length), sums = arena.Allocate(m), wide = arena.Allocate(x.Length);
        backend.Unary(UnaryOperation.Sign, gram, sign);
        backend.Binary(BinaryOperation.Multiply, BroadcastLayout.For([m, m], [m, m])!.Value, gram, sign, gram, accumulate: false);
        backend.SumAxis(m, m, 1, 1, gram, sums, accumulate: false);
        backend.ExpandA(BroadcastLayout.For([m, 1], [m, n])!.Value, 1, sums, wide, accumulate: false);
        backend.DivideByRoot(RootRule.Divide, 0, x, wide, default, x);
        arena.Release(wide);
        arena.Release(sums);
        arena.Release(sign);
    }
}
