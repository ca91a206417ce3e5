using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim.Orthogonalization;

/// <summary>
/// Makes the rows of a matrix orthonormal, from the first to the last: what the Q of a QR decomposition of its transpose is, up to signs.
/// Every row is freed of those above it twice, with a length of 1 in between, which leaves nothing but rounding even of dependent
/// rows; a row of zeros stays one. All on the back end, in products of matrices.
/// </summary>
internal static class GramSchmidt
{
    private const double Smallest = 1e-30;
    private const int Passes = 2;

    /// <summary>Makes the rows orthonormal, in place.</summary>
    /// <param name="context">Lends the workspace.</param>
    /// <param name="count">Rows.</param>
    /// <param name="length">Their length.</param>
    /// <param name="rows">The matrix.</param>
    public static void Orthonormalize(StageContext context, int count, int length, BufferView rows)
    {
        IBackend backend = context.Backend;
        BufferView parts = context.Scratch(count), norm = context.Scratch(1);
        for (int j = 0; j < count; j++)
        {
            BufferView row = rows.Slice((long)j * length, length);
            for (int pass = 0; pass < Passes; pass++)
            {
                if (j > 0) Free(backend, row, rows.Slice(0, (long)j * length), parts.Slice(0, j), j, length);
                backend.Norm(row, norm);
                backend.Scalar(ScalarOperation.DivideMax, 1, Smallest, norm, norm);
                backend.Axpby(1, norm, row, 0, default, row, default);
            }
        }
    }

    /// <summary>v ← v − (vVᵀ)V.</summary>
    private static void Free(IBackend backend, BufferView row, BufferView above, BufferView parts, int count, int length)
    {
        backend.Gemm(GemmCall.Dense(row, false, above, true, parts, 1, count, length));
        backend.Gemm(GemmCall.Dense(parts, false, above, false, row, 1, length, count, accumulate: true) with { Alpha = -1 });
    }
}
