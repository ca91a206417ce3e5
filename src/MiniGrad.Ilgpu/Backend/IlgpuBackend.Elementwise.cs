using MiniGrad.Backends;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>Elementwise kernels.</content>
public sealed partial class IlgpuBackend
{
    /// <inheritdoc/>
    public void Binary(BinaryOperation operation, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y, bool accumulate)
    {
        BroadcastLayout.Strides stridesA = layout.A, stridesB = layout.B;
        Shape shape = layout.Shape;
        Each(ElementwiseKernels.Binary, shape.Count, new BinaryArgs
        {
            A = Reals(a, OwnCount(shape, stridesA)),
            B = Reals(b, OwnCount(shape, stridesB)),
            Y = Reals(y, shape.Count),
            Sizes = Five.SizesOf(shape),
            StridesA = Five.StridesOf(shape, stridesA),
            StridesB = Five.StridesOf(shape, stridesB),
            Operation = operation,
            Plain = Flag(layout.AIsWhole && layout.BIsWhole),
            Accumulate = Flag(accumulate),
        }, ElementwiseKernels.BinaryTogether);
    }

    /// <inheritdoc/>
    public void ExpandA(in BroadcastLayout layout, double alpha, BufferView x, BufferView y, bool accumulate)
    {
        BroadcastLayout.Strides strides = layout.A;
        Shape shape = layout.Shape;
        Strided(Five.SizesOf(shape), Five.StridesOf(shape, strides), shape.Count, alpha, x, OwnCount(shape, strides), y, accumulate);
    }

    /// <inheritdoc/>
    public void Permute(Shape shape, ReadOnlySpan<int> order, BufferView x, BufferView y, bool accumulate)
    {
        Span<int> sizes = stackalloc int[order.Length], strides = stackalloc int[order.Length];
        int seen = 0;
        for (int d = 0; d < order.Length; d++)
        {
            sizes[d] = shape[order[d]];
            strides[d] = 1;
            for (int inner = order[d] + 1; inner < shape.Rank; inner++) strides[d] *= shape[inner];
            seen |= 1 << order[d];
        }
        if (order.Length != shape.Rank || seen != (1 << shape.Rank) - 1) throw new ArgumentException($"Permute: order [{string.Join(", ", order.ToArray())}] does not name each dimension of {shape} once");
        Strided(Five.Of(sizes, 1), Five.Of(strides, 0), shape.Count, 1, x, shape.Count, y, accumulate);
    }

    /// <inheritdoc/>
    public void Unary(UnaryOperation operation, BufferView x, BufferView y) =>
        Each(ElementwiseKernels.Unary, x.Length, new UnaryArgs { X = All(x), DY = _one.Reals, Y = Exactly(y, x.Length), Operation = operation }, ElementwiseKernels.UnaryTogether);

    /// <inheritdoc/>
    public void UnaryBackward(UnaryOperation operation, BufferView x, BufferView dY, BufferView dX, bool accumulate) =>
        Each(ElementwiseKernels.UnaryBackward, x.Length, new UnaryArgs { X = All(x), DY = Exactly(dY, x.Length), Y = Exactly(dX, x.Length), Operation = operation, Accumulate = Flag(accumulate) });

    /// <inheritdoc/>
    public void SwiGlu(int rows, int columns, int leading, BufferView gate, BufferView up, BufferView y)
    {
        long extent = Extent(rows, leading, columns), count = (long)rows * columns;
        Each(ElementwiseKernels.SwiGlu, count, new SwiGluArgs { Gate = Reals(gate, extent), Up = Reals(up, extent), Y = Reals(y, count), DGate = _one.Reals, DUp = _one.Reals, Columns = columns, Leading = leading });
    }

    /// <inheritdoc/>
    public void SwiGluBackward(int rows, int columns, int leading, BufferView gate, BufferView up, BufferView dY, BufferView dGate, BufferView dUp, bool accumulate)
    {
        long extent = Extent(rows, leading, columns), count = (long)rows * columns;
        Each(ElementwiseKernels.SwiGluBackward, count, new SwiGluArgs
        {
            Gate = Reals(gate, extent),
            Up = Reals(up, extent),
            Y = Reals(dY, count),
            DGate = Reals(dGate, extent),
            DUp = Reals(dUp, extent),
            Columns = columns,
            Leading = leading,
            Accumulate = Flag(accumulate),
        });
    }

    private void Strided(Five sizes, Five strides, long count, double alpha, BufferView x, long ofX, BufferView y, bool accumulate) =>
        Each(ElementwiseKernels.Strided, count, new StridedArgs { X = Reals(x, ofX), Y = Reals(y, count), Sizes = sizes, Strides = strides, Alpha = (float)alpha, Accumulate = Flag(accumulate) });

    private static int Flag(bool value) => value ? 1 : 0;

    /// <summary>Elements of the operand itself: the sizes that it does not repeat, multiplied.</summary>
    private static long OwnCount(Shape shape, BroadcastLayout.Strides strides)
    {
        long count = 1;
        for (int d = 0; d < shape.Rank; d++) count *= strides[d] == 0 ? 1 : shape[d];
        return count;
    }
}
