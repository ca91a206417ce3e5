using System.Runtime.CompilerServices;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu.Kernels;

/// <summary>Up to five sizes or strides, last dimension first, as a kernel's argument.</summary>
internal struct Five
{
    public int D0, D1, D2, D3, D4;

    /// <summary>Where the element of an index over <paramref name="sizes"/> lies when these are the strides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Offset(int index, Five sizes, Five strides)
    {
        int offset = index % sizes.D0 * strides.D0;
        index /= sizes.D0;
        offset += index % sizes.D1 * strides.D1;
        index /= sizes.D1;
        offset += index % sizes.D2 * strides.D2;
        index /= sizes.D2;
        offset += index % sizes.D3 * strides.D3;
        index /= sizes.D3;
        return offset + (index * strides.D4);
    }

    /// <summary>From sizes or strides in the usual order; missing leading ones are <paramref name="missing"/>.</summary>
    public static Five Of(ReadOnlySpan<int> values, int missing)
    {
        int At(ReadOnlySpan<int> v, int fromLast) => fromLast < v.Length ? v[v.Length - 1 - fromLast] : missing;
        return new Five { D0 = At(values, 0), D1 = At(values, 1), D2 = At(values, 2), D3 = At(values, 3), D4 = At(values, 4) };
    }

    /// <summary>The sizes of a shape.</summary>
    public static Five SizesOf(Shape shape)
    {
        Span<int> sizes = stackalloc int[shape.Rank];
        for (int d = 0; d < shape.Rank; d++) sizes[d] = shape[d];
        return Of(sizes, 1);
    }

    /// <summary>An operand's strides over a shape.</summary>
    public static Five StridesOf(Shape shape, BroadcastLayout.Strides strides)
    {
        Span<int> values = stackalloc int[shape.Rank];
        for (int d = 0; d < shape.Rank; d++) values[d] = checked((int)strides[d]);
        return Of(values, 0);
    }
}
