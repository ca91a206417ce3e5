using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim.Orthogonalization;

/// <summary>
/// The largest eigenvalue of a positive semidefinite matrix A by repeated squaring, which is power iteration with every
/// start vector at once: <c>λ ≈ ‖A^p‖^(1/p)</c>, p = 2²⁰. It is never too small, and too large by at most ln(r)/p of itself
/// where r eigenvalues are equal, so no gap between eigenvalues is needed; vectors would need one.
/// </summary>
internal static class SpectralNorm
{
    private const int Squarings = 20;

    // Below this a norm is that of zero: the input has a trace of 1 otherwise.
    private const double Smallest = 1e-30;

    /// <summary>The largest eigenvalue of each of a number of matrices, 0 for zero.</summary>
    /// <param name="context">Where the matrices live.</param>
    /// <param name="m">Their size.</param>
    /// <param name="a">The matrices one behind the other, of norms near 1; overwritten.</param>
    /// <param name="largest">One element a matrix.</param>
    public static void OfPositive(ComputeContext context, int m, BufferView a, BufferView largest)
    {
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        int count = (int)largest.Length;
        BufferView square = arena.Allocate(a.Length), norm = arena.Allocate(count), logarithm = arena.Allocate(count), nonZero = arena.Allocate(count);
        backend.Fill(logarithm, 0);
        (BufferView from, BufferView to) = (a, square);
        backend.Norms(count, from, norm);
        backend.Unary(UnaryOperation.Sign, norm, nonZero);

        // A^p = (Π n_k^(p/2^k))·B for norms n_k of the successive squares of what was divided by its norm.
        for (int k = 0; ; k++)
        {
            backend.Scalars(ScalarOperation.DivideAdd, 1, 0, norm, largest);
            backend.ScaleEach(largest, from, from);
            backend.Scalars(ScalarOperation.Clamp, Smallest, double.MaxValue, norm, norm);
            backend.Unary(UnaryOperation.Log, norm, norm);
            backend.Axpby(Math.ScaleB(1, -k), default, norm, 1, logarithm, logarithm, default);
            if (k == Squarings || m == 1) break;
            backend.SymmetricProducts(count, new SymmetricCall { P = from, Q = from, C = to, N = m, K = m });
            (from, to) = (to, from);
            backend.Norms(count, from, norm);
        }
        backend.Unary(UnaryOperation.Exp, logarithm, largest);
        backend.ScaleEach(nonZero, largest, largest);
        arena.Release(nonZero);
        arena.Release(logarithm);
        arena.Release(norm);
        arena.Release(square);
    }
}
