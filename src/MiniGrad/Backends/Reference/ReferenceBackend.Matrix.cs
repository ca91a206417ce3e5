using System.Numerics.Tensors;

namespace MiniGrad.Backends.Reference;

/// <summary>Matrix products: one row of the result at a time, summed in float64.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void Gemm(in GemmCall call)
    {
        if (call.M == 0 || call.N == 0) return;
        Span<T> a = Reals(call.A, Extent(call.Batch, call.StrideA, call.TransposeA ? call.K : call.M, call.LeadingA, call.TransposeA ? call.M : call.K));
        Span<T> b = Reals(call.B, Extent(call.Batch, call.StrideB, call.TransposeB ? call.N : call.K, call.LeadingB, call.TransposeB ? call.K : call.N));
        long extent = Extent(call.Batch, call.StrideC, call.M, call.LeadingC, call.N);
        Span<T> c = Reals(call.C, extent), z = Optional(call.PreActivation, extent), residual = Optional(call.Residual, extent);
        Span<T> bias = Optional(call.Bias, call.N);
        Span<double> scratch = Scratch((call.K + 1L) * call.N), sums = scratch[..call.N], rowsOfB = scratch[call.N..];
        for (int batch = 0; batch < call.Batch; batch++)
        {
            Span<T> ofA = call.K == 0 ? default : a[(int)(batch * call.StrideA)..], ofB = call.K == 0 ? default : b[(int)(batch * call.StrideB)..];
            Widen(ofB, call.K, call.N, call.TransposeB ? 1 : call.LeadingB, call.TransposeB ? call.LeadingB : 1, rowsOfB);
            for (int i = 0; i < call.M; i++)
            {
                RowOfProduct(ofA, call.K, call.TransposeA ? i : i * call.LeadingA, call.TransposeA ? call.LeadingA : 1, rowsOfB, sums);
                int row = checked((int)((batch * call.StrideC) + ((long)i * call.LeadingC)));
                for (int j = 0; j < call.N; j++)
                {
                    double value;
                    if (InPairs(call.Precision))
                    {
                        value = ProductInPairs(ofA, call.TransposeA ? i : i * call.LeadingA, call.TransposeA ? call.LeadingA : 1, ofB, call.TransposeB ? j * call.LeadingB : j, call.TransposeB ? 1 : call.LeadingB, call.K, (float)call.Alpha, call.Accumulate ? (float)Wide(c[row + j]) : null);
                    }
                    else
                    {
                        value = call.Alpha * sums[j];
                        if (call.Accumulate) value += Wide(c[row + j]);
                    }
                    if (!bias.IsEmpty) value += Wide(bias[j]);
                    if (call.Activation != Activation.None && InPairs(call.Precision)) value = Bfloat16.Nearest((float)value);
                    if (!z.IsEmpty) z[row + j] = Narrow(value);
                    value = UnaryFunctions.Activate(call.Activation, value);
                    if (!residual.IsEmpty) value += Wide(residual[row + j]);
                    c[row + j] = Narrow(value);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void SymmetricProduct(in SymmetricCall call)
    {
        Span<T> p = Reals(call.P, (long)call.N * call.K), q = Reals(call.Q, (long)call.N * call.K);
        Span<T> c = Reals(call.C, (long)call.N * call.N), d = Optional(call.D, (long)call.N * call.N);
        Span<double> scratch = Scratch((call.K + 1L) * call.N), sums = scratch[..call.N], columnsOfQ = scratch[call.N..];
        (int row, int step) = call.Transposed ? (1, call.N) : (call.K, 1);
        Widen(q, call.K, call.N, step, row, columnsOfQ);
        for (int i = 0; i < call.N; i++)
        {
            RowOfProduct(p, call.K, i * row, step, columnsOfQ, sums);
            for (int j = 0; j < call.N; j++)
            {
                double value = InPairs(call.Precision) ? ProductInPairs(p, i * row, step, q, j * row, step, call.K, (float)call.Alpha, null) : call.Alpha * sums[j];
                if (!d.IsEmpty) value += call.Beta * Wide(d[(i * call.N) + j]);
                if (i == j) value += call.Diagonal;
                c[(i * call.N) + j] = Narrow(value);
            }
        }
    }

    /// <summary>Copies a matrix, read with two strides, into rows of float64.</summary>
    private static void Widen(ReadOnlySpan<T> matrix, int rows, int columns, int rowStride, int columnStride, Span<double> to)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) to[(row * columns) + column] = Wide(matrix[(row * rowStride) + (column * columnStride)]);
        }
    }

    /// <summary><c>sums[j] = Σ_p a[p]·B[p,j]</c>, in the order of p.</summary>
    private static void RowOfProduct(ReadOnlySpan<T> a, int length, int first, int stride, ReadOnlySpan<double> rowsOfB, Span<double> sums)
    {
        sums.Clear();
        for (int p = 0; p < length; p++) TensorPrimitives.MultiplyAdd(rowsOfB.Slice(p * sums.Length, sums.Length), Wide(a[first + (p * stride)]), sums, sums);
    }

    /// <summary><c>⟨x, y⟩</c>.</summary>
    private static double Inner(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += Wide(x[i]) * Wide(y[i]);
        return sum;
    }

    /// <summary><c>sums += factor·x</c>.</summary>
    private static void AddScaled(double factor, ReadOnlySpan<T> x, Span<double> sums)
    {
        for (int i = 0; i < x.Length; i++) sums[i] += factor * Wide(x[i]);
    }
}
