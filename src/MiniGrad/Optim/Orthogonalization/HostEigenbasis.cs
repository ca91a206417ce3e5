using System.Buffers;
using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim.Orthogonalization;

/// <summary>The eigenvectors of a symmetric matrix, one a row, in float64 on the host: from nothing, or from older ones by one round of power iteration.</summary>
internal static class HostEigenbasis
{
    /// <summary>All eigenvectors, the largest eigenvalue first. Makes garbage.</summary>
    /// <param name="backend">Where the matrices live.</param>
    /// <param name="n">Their size.</param>
    /// <param name="matrix">The matrix; of values that are not finite, the identity is the answer.</param>
    /// <param name="basis">Receives the eigenvectors.</param>
    public static void Decompose(IBackend backend, int n, BufferView matrix, BufferView basis)
    {
        var values = new double[(long)n * n];
        backend.Download(matrix, values);
        bool finite = Array.TrueForAll(values, double.IsFinite);
        double[] columns = finite ? Matrix<double>.Build.Dense(n, n, values).Evd(Symmetricity.Symmetric).EigenVectors.ToColumnMajorArray() : Matrix<double>.Build.DenseIdentity(n).ToColumnMajorArray();
        for (int i = 0; i < n; i++) columns.AsSpan((n - 1 - i) * n, n).CopyTo(values.AsSpan(i * n, n));
        backend.Upload(basis, values);
    }

    /// <summary>One round of power iteration from an older basis, whose vectors are put in the order of their eigenvalues first.</summary>
    /// <param name="backend">Where the matrices live.</param>
    /// <param name="n">Their size.</param>
    /// <param name="matrix">The matrix.</param>
    /// <param name="old">The older basis.</param>
    /// <param name="basis">Receives the new one.</param>
    /// <param name="order">Receives the place in the older basis of each of the new one's vectors.</param>
    public static void Refresh(IBackend backend, int n, BufferView matrix, BufferView old, BufferView basis, Span<int> order)
    {
        int size = n * n;
        double[] a = ArrayPool<double>.Shared.Rent(size), q = ArrayPool<double>.Shared.Rent(size), power = ArrayPool<double>.Shared.Rent(size), eigenvalues = ArrayPool<double>.Shared.Rent(n);
        backend.Download(matrix, a.AsSpan(0, size));
        backend.Download(old, q.AsSpan(0, size));
        for (int i = 0; i < n; i++)
        {
            Span<double> row = Row(power, i, n);
            row.Clear();
            for (int k = 0; k < n; k++) TensorPrimitives.MultiplyAdd(Row(a, k, n), q[(i * n) + k], row, row);
            (eigenvalues[i], order[i]) = (-TensorPrimitives.Dot<double>(row, Row(q, i, n)), i);
        }
        eigenvalues.AsSpan(0, n).Sort(order);
        for (int i = 0; i < n; i++) Row(power, order[i], n).CopyTo(Row(q, i, n));
        Orthonormalize(q, n);
        backend.Upload(basis, q.AsSpan(0, size));
        foreach (double[] rented in (ReadOnlySpan<double[]>)[a, q, power, eigenvalues]) ArrayPool<double>.Shared.Return(rented);
    }

    /// <summary>Gram–Schmidt, twice.</summary>
    private static void Orthonormalize(double[] q, int n)
    {
        for (int j = 0; j < n; j++)
        {
            Span<double> row = Row(q, j, n);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int i = 0; i < j; i++) TensorPrimitives.MultiplyAdd(Row(q, i, n), -TensorPrimitives.Dot<double>(Row(q, i, n), row), row, row);
                double norm = TensorPrimitives.Norm<double>(row);
                if (norm > 0) TensorPrimitives.Divide(row, norm, row);
            }
        }
    }

    private static Span<double> Row(double[] matrix, int row, int n) => matrix.AsSpan(row * n, n);
}
