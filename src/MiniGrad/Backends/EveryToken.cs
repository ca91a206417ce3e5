using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>The mixture of experts out of other kernels: row e·N + n is what expert e makes of token n, whether it was chosen or not.</summary>
internal static class EveryToken
{
    /// <summary>Counts the experts that come before each one: those of a larger score, and of an equal one those of lower index.</summary>
    public static void Select(IBackend backend, in ExpertSizes sizes, BufferView scores, BufferView bias, BufferView scratch, BufferView mask)
    {
        (int tokens, int experts, int topK) = sizes;
        BufferView before = scratch.Slice(0, (long)tokens * experts * experts), lower = scratch.Slice(before.Length, (long)experts * experts);
        backend.Fill(lower, 0);
        for (int e = 1; e < experts; e++) backend.Fill(lower.Slice((long)e * experts, e), 1);
        backend.Binary(BinaryOperation.Add, BroadcastLayout.For([tokens, experts], [experts])!.Value, scores, bias, mask, accumulate: false);
        // sign(2·sign(v_j − v_e) + [j < e]) is 1 exactly when j comes before e.
        backend.Binary(BinaryOperation.Subtract, BroadcastLayout.For([tokens, 1, experts], [tokens, experts, 1])!.Value, mask, mask, before, accumulate: false);
        backend.Unary(UnaryOperation.Sign, before, before);
        backend.Axpby(2, default, before, 0, default, before, default);
        backend.Binary(BinaryOperation.Add, BroadcastLayout.For([tokens, experts, experts], [experts, experts])!.Value, before, lower, before, accumulate: false);
        backend.Unary(UnaryOperation.Sign, before, before);
        backend.Unary(UnaryOperation.Relu, before, before);
        backend.Fill(mask, topK);
        backend.SumAxis((long)tokens * experts, experts, 1, -1, before, mask, accumulate: true);
        backend.Unary(UnaryOperation.Sign, mask, mask);
        backend.Unary(UnaryOperation.Relu, mask, mask);
    }

    public static void Dispatch(IBackend backend, in ExpertSizes sizes, int columns, BufferView x, BufferView rows)
    {
        long count = (long)sizes.Tokens * columns;
        for (int e = 0; e < sizes.Experts; e++) backend.Copy(x, rows.Slice(e * count, count));
    }

    /// <summary>One product an expert, of all its rows.</summary>
    public static GemmCall Product(in ExpertSizes sizes, BufferView a, bool transposeA, BufferView b, bool transposeB, BufferView c, int m, int n, int k, bool accumulate) =>
        GemmCall.Dense(a, transposeA, b, transposeB, c, m, n, k, accumulate, sizes.Experts);

    /// <summary>One product a token: its gates, 1×E, times its rows, E×C.</summary>
    public static void Combine(IBackend backend, in ExpertSizes sizes, int columns, BufferView gates, BufferView rows, BufferView y, bool accumulate) => backend.Gemm(new GemmCall
    {
        A = gates,
        B = rows,
        C = y,
        M = 1,
        N = columns,
        K = sizes.Experts,
        LeadingA = sizes.Experts,
        LeadingB = sizes.Tokens * columns,
        LeadingC = columns,
        Batch = sizes.Tokens,
        StrideA = sizes.Experts,
        StrideB = columns,
        StrideC = columns,
        Accumulate = accumulate,
    });

    public static void CombineBackward(IBackend backend, in ExpertSizes sizes, int columns, BufferView gates, BufferView rows, BufferView dY, BufferView dRows, BufferView dGates)
    {
        (int tokens, int experts, _) = sizes;
        backend.Gemm(new GemmCall
        {
            A = gates,
            B = dY,
            C = dRows,
            M = experts,
            N = columns,
            K = 1,
            LeadingA = 1,
            LeadingB = columns,
            LeadingC = tokens * columns,
            Batch = tokens,
            StrideA = experts,
            StrideB = columns,
            StrideC = columns,
        });
        backend.Gemm(new GemmCall
        {
            A = dY,
            B = rows,
            C = dGates,
            M = 1,
            N = experts,
            K = columns,
            TransposeB = true,
            LeadingA = columns,
            LeadingB = tokens * columns,
            LeadingC = experts,
            Batch = tokens,
            StrideA = columns,
            StrideB = columns,
            StrideC = experts,
        });
    }
}
