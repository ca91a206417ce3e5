using ILGPU;
using ILGPU.Algorithms;

namespace MiniGrad.Ilgpu.Kernels;

internal struct ColumnSumArgs
{
    public ArrayView<float> X, Y;
    public int Axis, Inner, Slabs;
    public float Alpha;
    public int Accumulate;
}

internal struct RowSumArgs
{
    public ArrayView<float> X, Y;
    public int Axis;
    public float Alpha;
    public int Accumulate;
}

internal struct RepeatedSumArgs
{
    public ArrayView<float> X, Y;
    public Five OwnSizes, OwnStrides, RepeatSizes, RepeatStrides;
    public int Repeats;
    public float Alpha;
    public int Accumulate;
}

internal struct VectorArgs
{
    public ArrayView<float> X, Y, Partial, Result;
    public int Count, Groups;
}

/// <summary>Sums, inner products and norms; the order of every sum follows from the sizes and the device's group size.</summary>
internal static class ReductionKernels
{
    /// <summary>The sums of one slab of the summed dimension each, (outer, slabs, inner): one thread a sum.</summary>
    public static void ColumnSums(Index1D index, ColumnSumArgs s)
    {
        int column = index % s.Inner, slab = index / s.Inner % s.Slabs, outer = index / s.Inner / s.Slabs;
        int length = (s.Axis + s.Slabs - 1) / s.Slabs, first = slab * length, last = XMath.Min(first + length, s.Axis);
        float sum = 0;
        for (int a = first; a < last; a++) sum += s.X[(((outer * s.Axis) + a) * s.Inner) + column];
        sum *= s.Alpha;
        if (s.Accumulate != 0) sum += s.Y[index];
        s.Y[index] = sum;
    }

    /// <summary>ColumnSums, of several strands.</summary>
    public static void ColumnSumsTogether(Sixteen<ColumnSumArgs> s)
    {
        if (Sixteen<ColumnSumArgs>.Index < Sixteen<ColumnSumArgs>.Count(s)) ColumnSums(Sixteen<ColumnSumArgs>.Index, Sixteen<ColumnSumArgs>.Mine(s));
    }

    /// <summary>The sum of one row: one group a row.</summary>
    public static void RowSums(RowSumArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        int row = Grid.IdxX;
        float sum = 0;
        for (int i = Group.IdxX; i < s.Axis; i += Group.DimX) sum += s.X[(row * s.Axis) + i];
        sum = GroupReduction.Sum(shared, sum) * s.Alpha;
        if (Group.IdxX == 0) s.Y[row] = s.Accumulate != 0 ? s.Y[row] + sum : sum;
    }

    /// <summary>The adjoint of broadcasting: one group an element of the operand, over the places that it was repeated to.</summary>
    public static void RepeatedSums(RepeatedSumArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        int own = Grid.IdxX, first = Five.Offset(own, s.OwnSizes, s.OwnStrides);
        float sum = 0;
        for (int r = Group.IdxX; r < s.Repeats; r += Group.DimX) sum += s.X[first + Five.Offset(r, s.RepeatSizes, s.RepeatStrides)];
        sum = GroupReduction.Sum(shared, sum) * s.Alpha;
        if (Group.IdxX == 0) s.Y[own] = s.Accumulate != 0 ? s.Y[own] + sum : sum;
    }

    /// <summary>One group's part of ⟨x, y⟩.</summary>
    public static void Dot(VectorArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        float sum = 0;
        for (int i = (Grid.IdxX * Group.DimX) + Group.IdxX; i < s.Count; i += s.Groups * Group.DimX) sum += s.X[i] * s.Y[i];
        sum = GroupReduction.Sum(shared, sum);
        if (Group.IdxX == 0) s.Partial[Grid.IdxX] = sum;
    }

    /// <summary>
    /// One group's part of the norm of its vector, as a largest element m and Σ(x/m)², so that no square leaves the range of float32. The
    /// parts of a vector lie side by side: all m, then all sums. A single group writes the norm itself.
    /// </summary>
    public static void Norm(VectorArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        float largest = 0, squares = 0;
        int vector = Grid.IdxX / s.Groups, group = Grid.IdxX % s.Groups, first = vector * s.Count;
        for (int i = (group * Group.DimX) + Group.IdxX; i < s.Count; i += s.Groups * Group.DimX)
        {
            float x = XMath.Abs(s.X[first + i]);
            if (x > largest)
            {
                squares = (squares * (largest / x) * (largest / x)) + 1;
                largest = x;
            }
            else if (x != 0)
            {
                squares += x / largest * (x / largest); // NaN comes here and stays
            }
        }
        Combine(shared, s, vector, group, largest, squares, s.Groups == 1);
    }

    /// <summary>Norm, of several strands.</summary>
    public static void NormTogether(Sixteen<VectorArgs> s)
    {
        if (Grid.IdxX < Sixteen<VectorArgs>.Count(s)) Norm(Sixteen<VectorArgs>.Mine(s));
    }

    /// <summary>The norms from the parts: one group a vector.</summary>
    public static void NormOfParts(VectorArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        float largest = 0, squares = 0;
        int first = 2 * Grid.IdxX * s.Groups;
        for (int i = Group.IdxX; i < s.Groups; i += Group.DimX)
        {
            float m = s.Partial[first + i], part = s.Partial[first + s.Groups + i];
            if (m > largest)
            {
                squares = (squares * (largest / m) * (largest / m)) + part;
                largest = m;
            }
            else
            {
                squares += m == largest ? part : part * (m / largest) * (m / largest);
            }
        }
        Combine(shared, s, Grid.IdxX, 0, largest, squares, true);
    }

    /// <summary>NormOfParts, of several strands.</summary>
    public static void NormOfPartsTogether(Sixteen<VectorArgs> s)
    {
        if (Grid.IdxX < Sixteen<VectorArgs>.Count(s)) NormOfParts(Sixteen<VectorArgs>.Mine(s));
    }

    private static void Combine(ArrayView<float> shared, VectorArgs s, int vector, int group, float largest, float squares, bool final)
    {
        float m = GroupReduction.Max(shared, largest);
        float share = largest == m ? squares : squares * (largest / m) * (largest / m);
        float sum = GroupReduction.Sum(shared, share);
        if (Group.IdxX != 0) return;
        if (final)
        {
            s.Result[vector] = m == 0 ? sum : m * XMath.Sqrt(sum);
        }
        else
        {
            s.Partial[(2 * vector * s.Groups) + group] = m;
            s.Partial[(((2 * vector) + 1) * s.Groups) + group] = sum;
        }
    }
}
