using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// <c>Y = op(A)·op(B)</c>, op being the identity or the transpose of the last two dimensions;
/// <c>d op(A) = dY·op(B)ᵀ</c>, <c>d op(B) = op(A)ᵀ·dY</c>.
/// </summary>
public sealed class MatMul : Op
{
    private static readonly MatMul Instance = new();

    private readonly record struct Settings(int M, int N, int K, int Batch, bool TransposeA, bool TransposeB);

    private MatMul()
    {
    }

    /// <inheritdoc/>
    public override string Name => "matmul";

    internal override bool IsMatrixProduct => true;

    /// <summary>
    /// Multiplies matrices: (M,K)·(K,N), (…,M,K)·(K,N) with one b for all, or batched (B…,M,K)·(B…,K,N). The sizes are those
    /// after transposition.
    /// </summary>
    /// <param name="a">Left operand.</param>
    /// <param name="b">Right operand.</param>
    /// <param name="transposeA">Whether a is stored (…,K,M); needs a b of the same batch sizes.</param>
    /// <param name="transposeB">Whether b is stored (…,N,K).</param>
    /// <returns>The product, (…,M,N).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Apply(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        ComputeContext context = a.Context;
        context.Tracks(Instance.Name, a, b);
        Settings s = Fit(a.Shape, b.Shape, transposeA, transposeB);
        Shape shape = a.Shape.With(-2, a.Shape[transposeA ? -1 : -2]).With(-1, s.N);
        BufferView y = context.Allocate(shape.Count);
        context.Backend.Gemm(GemmCall.Dense(a.Data, transposeA, b.Data, transposeB, y, s.M, s.N, s.K, batch: s.Batch));
        return context.Record(Instance, y, shape, OpState.With(s), a, b);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        Settings s = entry.State.Settings<Settings>();
        BufferView a = entry.InputData(0), b = entry.InputData(1), dY = entry.Gradient;
        if (entry.Wants(0))
        {
            GradientTarget dA = entry.GradientOf(0);
            entry.Backend.Gemm(s.TransposeA
                ? GemmCall.Dense(b, s.TransposeB, dY, true, dA.View, s.K, s.M, s.N, dA.Accumulate, s.Batch)
                : GemmCall.Dense(dY, false, b, !s.TransposeB, dA.View, s.M, s.K, s.N, dA.Accumulate, s.Batch));
        }
        if (entry.Wants(1))
        {
            GradientTarget dB = entry.GradientOf(1);
            entry.Backend.Gemm(s.TransposeB
                ? GemmCall.Dense(dY, true, a, s.TransposeA, dB.View, s.N, s.K, s.M, dB.Accumulate, s.Batch)
                : GemmCall.Dense(a, !s.TransposeA, dY, false, dB.View, s.K, s.N, s.M, dB.Accumulate, s.Batch));
        }
    }

    private static Settings Fit(Shape a, Shape b, bool transposeA, bool transposeB)
    {
        if (a.Rank < 2 || b.Rank < 2) throw Errors.Shapes(Instance.Name, a, b, "both need two dimensions or more; reshape a vector to (1,K) or (K,1)");
        int k = a[transposeA ? -2 : -1], kOfB = b[transposeB ? -1 : -2], n = b[transposeB ? -2 : -1];
        if (k != kOfB) throw Errors.Shapes(Instance.Name, a, b, $"the inner sizes {k} and {kOfB} must be equal{Hint(a, b, transposeA, transposeB)}");
        if (b.Rank == 2 && !transposeA) return new Settings(Shapes.Leading(a, 1), n, k, 1, transposeA, transposeB);

        bool sameBatch = a.Rank == b.Rank;
        for (int i = 0; sameBatch && i < a.Rank - 2; i++) sameBatch = a[i] == b[i];
        if (!sameBatch) throw Errors.Shapes(Instance.Name, a, b, "the sizes before the last two must be equal, or b must be one matrix and a not transposed; Reshape or Permute the operands");
        return new Settings(a[transposeA ? -1 : -2], n, k, Shapes.Leading(a, 2), transposeA, transposeB);
    }

    private static string Hint(Shape a, Shape b, bool transposeA, bool transposeB)
    {
        if (a[transposeA ? -2 : -1] == b[transposeB ? -2 : -1]) return $"; did you mean transposeB: {(transposeB ? "false" : "true")}?";
        if (a[transposeA ? -1 : -2] == b[transposeB ? -1 : -2]) return $"; did you mean transposeA: {(transposeA ? "false" : "true")}?";
        return "";
    }
}
