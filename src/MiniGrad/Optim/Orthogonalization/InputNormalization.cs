using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim.Orthogonalization;

/// <summary>
/// How matrices are brought into the range (0, 1] of the polynomials: each divided by its ν, a computed scalar that stays on the back
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

    /// <summary>Writes the normalized matrices, or their transposes.</summary>
    /// <param name="context">Where the matrices live.</param>
    /// <param name="normalization">How.</param>
    /// <param name="epsilon">ε of the Frobenius forms.</param>
    /// <param name="count">How many, one behind the other.</param>
    /// <param name="rows">Rows of each input.</param>
    /// <param name="columns">Columns of each input.</param>
    /// <param name="transpose">Whether the results are wanted as columns×rows.</param>
    /// <param name="input">The matrices, not modified.</param>
    /// <param name="x">The results.</param>
    public static void Apply(ComputeContext context, Normalization normalization, double epsilon, int count, int rows, int columns, bool transpose, BufferView input, BufferView x)
    {
        IBackend backend = context.Backend;
        BufferView factor = context.Arena.Allocate(count);
        backend.Norms(count, input, factor);
        switch (normalization)
        {
            case Normalization.Max:
                backend.Scalars(ScalarOperation.DivideMax, 1, epsilon, factor, factor);
                break;
            case Normalization.Safety:
                backend.Scalars(ScalarOperation.DivideAdd, 1 / SafetyFactor, epsilon / SafetyFactor, factor, factor);
                break;
            default:
                backend.Scalars(ScalarOperation.DivideAdd, 1, UsesEpsilon(normalization) ? epsilon : 0, factor, factor);
                break;
        }
        if (transpose) Transpose(backend, count, rows, columns, input, x);
        backend.ScaleEach(factor, transpose ? x : input, x);
        if (!UsesEpsilon(normalization)) FromGram(context, normalization, Math.Min(rows, columns), Math.Max(rows, columns), rows > columns && !transpose, x, factor);
        context.Arena.Release(factor);
    }

    /// <summary>Transposes matrices of rows×columns.</summary>
    public static void Transpose(IBackend backend, int count, int rows, int columns, BufferView x, BufferView y)
    {
        if (count == 1) backend.Permute([rows, columns], [1, 0], x, y, accumulate: false);
        else backend.Permute([count, rows, columns], [0, 2, 1], x, y, accumulate: false);
    }

    private static void FromGram(ComputeContext context, Normalization normalization, int m, int n, bool tall, BufferView x, BufferView factor)
    {
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        int count = (int)factor.Length;
        BufferView gram = arena.Allocate(count * (long)m * m);
        backend.SymmetricProducts(count, new SymmetricCall { P = x, Q = x, C = gram, N = m, K = n, Transposed = tall });
        if (normalization == Normalization.Aol)
        {
            ScaleRows(context, count, m, n, tall, gram, x);
        }
        else
        {
            if (normalization == Normalization.Schatten4) backend.Norms(count, gram, factor);
            else SpectralNorm.OfPositive(context, m, gram, factor);
            backend.Unary(UnaryOperation.Sqrt, factor, factor);
            backend.Scalars(ScalarOperation.DivideAdd, 1, 0, factor, factor);
            backend.ScaleEach(factor, x, x);
        }
        arena.Release(gram);
    }

    /// <summary>Row i over √Σⱼ|XXᵀ|ᵢⱼ, or column i when X is stored as n×m; a row of zeros stays one.</summary>
    private static void ScaleRows(ComputeContext context, int count, int m, int n, bool tall, BufferView gram, BufferView x)
    {
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        BufferView sign = arena.Allocate(gram.Length), sums = arena.Allocate(count * m), wide = arena.Allocate(x.Length);
        backend.Unary(UnaryOperation.Sign, gram, sign);
        backend.Binary(BinaryOperation.Multiply, BroadcastLayout.For([count * m, m], [count * m, m])!.Value, gram, sign, gram, accumulate: false);
        backend.SumAxis(count * m, m, 1, 1, gram, sums, accumulate: false);
        backend.ExpandA((tall ? BroadcastLayout.For([count, 1, m], [count, n, m]) : BroadcastLayout.For([count * m, 1], [count * m, n]))!.Value, 1, sums, wide, accumulate: false);
        backend.DivideByRoot(RootRule.Divide, 0, x, wide, default, x);
        arena.Release(wide);
        arena.Release(sums);
        arena.Release(sign);
    }
}
