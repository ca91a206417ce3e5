using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>Kernels that walk over a shape by strides, one row of the last dimension at a time.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void Binary(BinaryOperation operation, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y, bool accumulate)
    {
        BroadcastLayout.Strides stridesA = layout.A, stridesB = layout.B;
        Shape shape = layout.Shape;
        Span<T> left = Reals(a, OwnCount(shape, stridesA)), right = Reals(b, OwnCount(shape, stridesB)), to = Reals(y, shape.Count);
        int columns = shape.Columns;
        int stepA = LastStride(shape, stridesA), stepB = LastStride(shape, stridesB);
        for (int row = 0; row < shape.Rows; row++)
        {
            int i = FirstOfRow(row, shape, stridesA), j = FirstOfRow(row, shape, stridesB);
            for (int column = 0; column < columns; column++)
            {
                double x = Wide(left[i + (column * stepA)]), z = Wide(right[j + (column * stepB)]);
                double value = operation switch
                {
                    BinaryOperation.Add => x + z,
                    BinaryOperation.Subtract => x - z,
                    BinaryOperation.Multiply => x * z,
                    BinaryOperation.Divide => x / z,
                    _ => throw new ArgumentOutOfRangeException(nameof(operation), $"binary: there is no operation {operation}"),
                };
                Store(ref to[(row * columns) + column], value, accumulate);
            }
        }
    }

    /// <inheritdoc/>
    public void ReduceToA(in BroadcastLayout layout, double alpha, BufferView x, BufferView y, bool accumulate)
    {
        BroadcastLayout.Strides strides = layout.A;
        Shape shape = layout.Shape;
        int count = checked((int)OwnCount(shape, strides)), columns = shape.Columns, step = LastStride(shape, strides);
        Span<T> from = Reals(x, shape.Count), to = Reals(y, count);
        Span<double> sums = Scratch(count);
        sums.Clear();
        for (int row = 0; row < shape.Rows; row++)
        {
            int i = FirstOfRow(row, shape, strides);
            for (int column = 0; column < columns; column++) sums[i + (column * step)] += Wide(from[(row * columns) + column]);
        }
        for (int i = 0; i < count; i++) Store(ref to[i], alpha * sums[i], accumulate);
    }

    /// <inheritdoc/>
    public void ExpandA(in BroadcastLayout layout, double alpha, BufferView x, BufferView y, bool accumulate)
    {
        BroadcastLayout.Strides strides = layout.A;
        Shape shape = layout.Shape;
        Span<T> from = Reals(x, OwnCount(shape, strides)), to = Reals(y, shape.Count);
        int columns = shape.Columns, step = LastStride(shape, strides);
        for (int row = 0; row < shape.Rows; row++)
        {
            int i = FirstOfRow(row, shape, strides);
            for (int column = 0; column < columns; column++) Store(ref to[(row * columns) + column], alpha * Wide(from[i + (column * step)]), accumulate);
        }
    }

    /// <inheritdoc/>
    public void Permute(Shape shape, ReadOnlySpan<int> order, BufferView x, BufferView y, bool accumulate)
    {
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        var strides = new BroadcastLayout.Strides();
        int seen = 0;
        for (int d = 0; d < order.Length; d++)
        {
            sizes[d] = shape[order[d]];
            strides[d] = 1;
            for (int inner = order[d] + 1; inner < shape.Rank; inner++) strides[d] *= shape[inner];
            seen |= 1 << order[d];
        }
        if (order.Length != shape.Rank || seen != (1 << shape.Rank) - 1) throw new ArgumentException($"Permute: order [{string.Join(", ", order.ToArray())}] does not name each dimension of {shape} once");
        var permuted = new Shape(sizes[..order.Length]);
        Span<T> from = Reals(x, shape.Count), to = Reals(y, shape.Count);
        int columns = permuted.Columns, step = LastStride(permuted, strides);
        for (int row = 0; row < permuted.Rows; row++)
        {
            int i = FirstOfRow(row, permuted, strides);
            for (int column = 0; column < columns; column++) Store(ref to[(row * columns) + column], Wide(from[i + (column * step)]), accumulate);
        }
    }

    /// <summary>Elements of the operand itself: the sizes that it does not repeat, multiplied.</summary>
    private static long OwnCount(Shape shape, BroadcastLayout.Strides strides)
    {
        long count = 1;
        for (int d = 0; d < shape.Rank; d++) count *= strides[d] == 0 ? 1 : shape[d];
        return count;
    }

    private static int LastStride(Shape shape, BroadcastLayout.Strides strides) => shape.Rank == 0 ? 0 : (int)strides[shape.Rank - 1];

    /// <summary>Where the operand's element for the first column of a row lies.</summary>
    private static int FirstOfRow(int row, Shape shape, BroadcastLayout.Strides strides)
    {
        long offset = 0;
        for (int d = shape.Rank - 2; d >= 0; d--)
        {
            offset += row % shape[d] * strides[d];
            row /= shape[d];
        }
        return (int)offset;
    }
}
