using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>Row-wise normalizations.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void LayerNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView bias, BufferView y, BufferView mean, BufferView rstd)
    {
        Span<T> from = Reals(x, (long)rows * columns), to = Reals(y, (long)rows * columns), w = Reals(weight, columns), b = Optional(bias, columns);
        Span<T> means = Reals(mean, rows), rstds = Reals(rstd, rows);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<T> xs = from.Slice(row * columns, columns);
            double sum = 0, squares = 0;
            for (int i = 0; i < columns; i++) sum += Wide(xs[i]);
            double m = sum / columns;
            for (int i = 0; i < columns; i++) squares += (Wide(xs[i]) - m) * (Wide(xs[i]) - m);
            double r = 1 / Math.Sqrt((squares / columns) + epsilon);
            means[row] = Narrow(m);
            rstds[row] = Narrow(r);
            for (int i = 0; i < columns; i++) to[(row * columns) + i] = Narrow(((Wide(xs[i]) - m) * r * Wide(w[i])) + (b.IsEmpty ? 0 : Wide(b[i])));
        }
    }

    /// <inheritdoc/>
    public void LayerNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView mean, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight, BufferView dBias, bool accumulateBias) =>
        NormBackward(rows, columns, x, weight, mean, rstd, dY, dX, accumulateX, dWeight, accumulateWeight, dBias, accumulateBias);

    /// <inheritdoc/>
    public void RmsNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView y, BufferView rstd)
    {
        Span<T> from = Reals(x, (long)rows * columns), to = Reals(y, (long)rows * columns), w = Reals(weight, columns), rstds = Reals(rstd, rows);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<T> xs = from.Slice(row * columns, columns);
            double r = 1 / Math.Sqrt((Inner(xs, xs) / columns) + epsilon);
            rstds[row] = Narrow(r);
            for (int i = 0; i < columns; i++) to[(row * columns) + i] = Narrow(Wide(xs[i]) * r * Wide(w[i]));
        }
    }

    /// <inheritdoc/>
    public void RmsNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight) =>
        NormBackward(rows, columns, x, weight, default, rstd, dY, dX, accumulateX, dWeight, accumulateWeight, default, false);

    /// <inheritdoc/>
    public void Softmax(int rows, int columns, BufferView x, BufferView y)
    {
        Span<T> from = Reals(x, (long)rows * columns), to = Reals(y, (long)rows * columns);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<T> xs = from.Slice(row * columns, columns);
            double largest = Largest(xs), sum = SumOfExponentials(xs, largest);
            for (int i = 0; i < columns; i++) to[(row * columns) + i] = Narrow(Math.Exp(Wide(xs[i]) - largest) / sum);
        }
    }

    /// <inheritdoc/>
    public void SoftmaxBackward(int rows, int columns, BufferView y, BufferView dY, BufferView dX, bool accumulate)
    {
        Span<T> result = Reals(y, (long)rows * columns), above = Reals(dY, (long)rows * columns), to = Reals(dX, (long)rows * columns);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<T> ys = result.Slice(row * columns, columns), ds = above.Slice(row * columns, columns);
            double inner = Inner(ys, ds);
            for (int i = 0; i < columns; i++) Store(ref to[(row * columns) + i], Wide(ys[i]) * (Wide(ds[i]) - inner), accumulate);
        }
    }

    private static double Largest(ReadOnlySpan<T> x)
    {
        double largest = double.NegativeInfinity;
        for (int i = 0; i < x.Length; i++) largest = Math.Max(largest, Wide(x[i]));
        return largest;
    }

    /// <summary><c>Σ e^(xᵢ − shift)</c>.</summary>
    private static double SumOfExponentials(ReadOnlySpan<T> x, double shift)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += Math.Exp(Wide(x[i]) - shift);
        return sum;
    }

    /// <summary>
    /// With <c>x̂ = (x − mean)·rstd</c> and <c>g = dY ⊙ w</c>: <c>dX = rstd·(g − [mean(g)] − x̂·mean(g ⊙ x̂))</c>,
    /// <c>dW = Σ_rows dY ⊙ x̂</c>, <c>dB = Σ_rows dY</c>. Without a mean (RMSNorm) the term in brackets is absent.
    /// </summary>
    private void NormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView mean, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight, BufferView dBias, bool accumulateBias)
    {
        long count = (long)rows * columns;
        Span<T> from = Reals(x, count), above = Reals(dY, count), w = Reals(weight, columns), means = Optional(mean, rows), rstds = Reals(rstd, rows);
        Span<T> toX = Optional(dX, count), toWeight = Optional(dWeight, columns), toBias = Optional(dBias, columns);
        Span<double> sums = Scratch(2 * columns);
        sums.Clear();
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<T> xs = from.Slice(row * columns, columns), ds = above.Slice(row * columns, columns);
            double m = means.IsEmpty ? 0 : Wide(means[row]), r = Wide(rstds[row]), sumG = 0, sumGx = 0;
            for (int i = 0; i < columns; i++)
            {
                double normalized = (Wide(xs[i]) - m) * r, d = Wide(ds[i]);
                sums[i] += d * normalized;
                sums[columns + i] += d;
                sumG += d * Wide(w[i]);
                sumGx += d * Wide(w[i]) * normalized;
            }
            double shift = means.IsEmpty ? 0 : sumG / columns;
            for (int i = 0; i < columns && !toX.IsEmpty; i++)
            {
                double normalized = (Wide(xs[i]) - m) * r;
                Store(ref toX[(row * columns) + i], r * ((Wide(ds[i]) * Wide(w[i])) - shift - (normalized * sumGx / columns)), accumulateX);
            }
        }
        for (int i = 0; i < columns && !toWeight.IsEmpty; i++) Store(ref toWeight[i], sums[i], accumulateWeight);
        for (int i = 0; i < columns && !toBias.IsEmpty; i++) Store(ref toBias[i], sums[columns + i], accumulateBias);
    }
}
