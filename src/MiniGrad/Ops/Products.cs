using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>Matrix products of contiguous operands.</summary>
internal static class Products
{
    /// <summary><c>C (+)= op(A)·op(B)</c>, op(A) of size m×k and op(B) of size k×n, for each product of a batch.</summary>
    public static GemmCall Call(BufferView a, bool transposeA, BufferView b, bool transposeB, BufferView c, int m, int n, int k, bool accumulate = false, int batch = 1) => new()
    {
        A = a,
        B = b,
        C = c,
        M = m,
        N = n,
        K = k,
        TransposeA = transposeA,
        TransposeB = transposeB,
        LeadingA = transposeA ? m : k,
        LeadingB = transposeB ? k : n,
        LeadingC = n,
        Batch = batch,
        StrideA = (long)m * k,
        StrideB = (long)k * n,
        StrideC = (long)m * n,
        Accumulate = accumulate,
    };
}
