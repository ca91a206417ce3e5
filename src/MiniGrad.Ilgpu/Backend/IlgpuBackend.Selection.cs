using MiniGrad.Backends;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>Kernels that compare, choose and place elements.</content>
public sealed partial class IlgpuBackend
{
    // From this many candidates on, a group looks for the largest.
    private const int Many = 64;

    /// <inheritdoc/>
    public void CopyRows(int rows, int columns, BufferView x, long leadingX, BufferView y, long leadingY, bool accumulate) =>
        Each(SelectionKernels.CopyRows, (long)rows * columns, new CopyRowsArgs
        {
            X = Reals(x, Extent(rows, leadingX, columns)),
            Y = Reals(y, Extent(rows, leadingY, columns)),
            Columns = columns,
            LeadingX = checked((int)leadingX),
            LeadingY = checked((int)leadingY),
            Accumulate = Flag(accumulate),
        });

    /// <inheritdoc/>
    public void MaxAxis(long outer, int axis, long inner, BufferView x, BufferView y, BufferView chosen, BufferView places)
    {
        int results = checked((int)(outer * inner));
        var args = new LargestArgs
        {
            X = Reals(x, outer * axis * inner),
            Y = Optional(y, results),
            Chosen = Optional(chosen, outer * axis * inner),
            Places = places.IsEmpty ? Chains(1) : IntegersToWrite(places, results),
            Axis = axis,
            Inner = (int)inner,
            HasY = Flag(!y.IsEmpty),
            HasChosen = Flag(!chosen.IsEmpty),
            HasPlaces = Flag(!places.IsEmpty),
        };
        if (axis < Many) Each(SelectionKernels.MaxOfFew, results, args);
        else Rows(SelectionKernels.MaxOfMany, results, args);
    }

    /// <inheritdoc/>
    public void Compare(Comparison comparison, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y)
    {
        BroadcastLayout.Strides stridesA = layout.A, stridesB = layout.B;
        Shape shape = layout.Shape;
        Each(SelectionKernels.Compare, shape.Count, new CompareArgs
        {
            A = Reals(a, OwnCount(shape, stridesA)),
            B = Reals(b, OwnCount(shape, stridesB)),
            Y = Reals(y, shape.Count),
            Sizes = Five.SizesOf(shape),
            StridesA = Five.StridesOf(shape, stridesA),
            StridesB = Five.StridesOf(shape, stridesB),
            Comparison = comparison,
        });
    }

    /// <inheritdoc/>
    public void Select(BufferView condition, BufferView a, BufferView b, BufferView y) =>
        Each(SelectionKernels.Select, y.Length, new SelectArgs { Condition = Exactly(condition, y.Length), A = Optional(a, y.Length), B = Optional(b, y.Length), Y = All(y), HasA = Flag(!a.IsEmpty), HasB = Flag(!b.IsEmpty) });
}
