using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>Kernels that read token ids, each of which is checked.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void Gather(int rows, int columns, BufferView table, BufferView ids, BufferView y)
    {
        Span<T> entries = Reals(table, columns), to = Reals(y, (long)rows * columns);
        Span<int> tokens = Integers(ids, rows);
        TokenIds.CheckTokens(tokens[..rows], entries.Length / Math.Max(1, columns));
        for (int row = 0; row < rows; row++) entries.Slice(tokens[row] * columns, columns).CopyTo(to[(row * columns)..]);
    }

    /// <inheritdoc/>
    public void ScatterAdd(int rows, int columns, int vocabulary, BufferView ids, BufferView dY, BufferView dTable, bool accumulate)
    {
        Span<T> above = Reals(dY, (long)rows * columns), to = Reals(dTable, (long)vocabulary * columns);
        Span<int> tokens = Integers(ids, rows);
        TokenIds.CheckTokens(tokens[..rows], vocabulary);
        if (!accumulate) to[..(vocabulary * columns)].Clear();
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < columns; i++) to[(tokens[row] * columns) + i] += above[(row * columns) + i];
        }
    }

    /// <inheritdoc/>
    public void CrossEntropy(int rows, int classes, BufferView logits, BufferView targets, BufferView losses, BufferView logSumExp)
    {
        Span<T> scores = Reals(logits, (long)rows * classes), to = Reals(losses, rows), saved = Reals(logSumExp, rows);
        Span<int> labels = Integers(targets, rows);
        TokenIds.CheckTargets(labels[..rows], classes);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<T> xs = scores.Slice(row * classes, classes);
            double largest = Largest(xs), lse = largest + Math.Log(SumOfExponentials(xs, largest));
            saved[row] = Narrow(lse);
            to[row] = Narrow(labels[row] < 0 ? 0 : lse - Wide(xs[labels[row]]));
        }
    }

    /// <inheritdoc/>
    public void CrossEntropyBackward(int rows, int classes, double alpha, BufferView logits, BufferView targets, BufferView logSumExp, BufferView dLoss, BufferView dLogits, bool accumulate)
    {
        Span<T> scores = Reals(logits, (long)rows * classes), saved = Reals(logSumExp, rows), to = Reals(dLogits, (long)rows * classes);
        Span<int> labels = Integers(targets, rows);
        TokenIds.CheckTargets(labels[..rows], classes);
        double factor = alpha * Wide(Exactly(dLoss, 1)[0]);
        for (int row = 0; row < rows; row++)
        {
            double lse = Wide(saved[row]);
            for (int i = 0; i < classes; i++)
            {
                int at = (row * classes) + i;
                double value = labels[row] < 0 ? 0 : factor * (Math.Exp(Wide(scores[at]) - lse) - (i == labels[row] ? 1 : 0));
                Store(ref to[at], value, accumulate);
            }
        }
    }
}
