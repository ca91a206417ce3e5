using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>Kernels that compare, choose and place elements.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void MaxAxis(long outer, int axis, long inner, BufferView x, BufferView y, BufferView chosen, BufferView places)
    {
        Span<T> from = Reals(x, outer * axis * inner), largest = Optional(y, outer * inner), mask = Optional(chosen, outer * axis * inner);
        Span<int> at = places.IsEmpty ? default : Integers(places, outer * inner);
        for (int result = 0; result < outer * inner; result++)
        {
            int first = (int)((result / inner * axis * inner) + (result % inner)), best = 0;
            for (int i = 1; i < axis; i++)
            {
                double candidate = Wide(from[first + (int)(i * inner)]), soFar = Wide(from[first + (int)(best * inner)]);
                if (candidate > soFar || (double.IsNaN(candidate) && !double.IsNaN(soFar))) best = i;
            }
            for (int i = 0; i < axis && !mask.IsEmpty; i++) mask[first + (int)(i * inner)] = Narrow(i == best ? 1 : 0);
            if (!largest.IsEmpty) largest[result] = from[first + (int)(best * inner)];
            if (!at.IsEmpty) at[result] = best;
        }
    }

    /// <inheritdoc/>
    public void Compare(Comparison comparison, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y)
    {
        BroadcastLayout.Strides stridesA = layout.A, stridesB = layout.B;
        Shape shape = layout.Shape;
        Span<T> left = Reals(a, OwnCount(shape, stridesA)), right = Reals(b, OwnCount(shape, stridesB)), to = Reals(y, shape.Count);
        int columns = shape.Columns, stepA = LastStride(shape, stridesA), stepB = LastStride(shape, stridesB);
        for (int row = 0; row < shape.Rows; row++)
        {
            int i = FirstOfRow(row, shape, stridesA), j = FirstOfRow(row, shape, stridesB);
            for (int column = 0; column < columns; column++)
            {
                double x = Wide(left[i + (column * stepA)]), z = Wide(right[j + (column * stepB)]);
                bool holds = comparison switch
                {
                    Comparison.Greater => x > z,
                    Comparison.GreaterOrEqual => x >= z,
                    Comparison.Equal => x == z,
                    _ => throw new ArgumentOutOfRangeException(nameof(comparison), $"compare: there is no comparison {comparison}"),
                };
                to[(row * columns) + column] = Narrow(holds ? 1 : 0);
            }
        }
    }

    /// <inheritdoc/>
    public void Select(BufferView condition, BufferView a, BufferView b, BufferView y)
    {
        Span<T> decides = Exactly(condition, y.Length), taken = Optional(a, y.Length), other = Optional(b, y.Length), to = Reals(y, y.Length);
        for (int i = 0; i < to.Length; i++)
        {
            Span<T> from = Wide(decides[i]) != 0 ? taken : other;
            to[i] = from.IsEmpty ? Narrow(0) : from[i];
        }
    }
}
