using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;
using MiniGrad.Backends;

namespace MiniGrad.Ilgpu.Kernels;

internal struct CompareArgs
{
    public ArrayView<float> A, B, Y;
    public Five Sizes, StridesA, StridesB;
    public Comparison Comparison;
}

internal struct SelectArgs
{
    public ArrayView<float> Condition, A, B, Y;
    public int HasA, HasB;
}

internal struct CopyRowsArgs
{
    public ArrayView<float> X, Y;
    public int Columns, LeadingX, LeadingY, Accumulate;
}

internal struct LargestArgs
{
    public ArrayView<float> X, Y, Chosen;
    public ArrayView<int> Places;
    public int Axis, Inner, HasY, HasChosen, HasPlaces;
}

/// <summary>Kernels that compare, choose and place elements.</summary>
internal static class SelectionKernels
{
    /// <summary>y = 1 where a ∘ b holds, else 0, with broadcasting.</summary>
    public static void Compare(Index1D i, CompareArgs s)
    {
        float a = s.A[Five.Offset(i, s.Sizes, s.StridesA)], b = s.B[Five.Offset(i, s.Sizes, s.StridesB)];
        bool holds;
        switch (s.Comparison)
        {
            case Comparison.Greater: holds = a > b; break;
            case Comparison.GreaterOrEqual: holds = a >= b; break;
            default: holds = a == b; break;
        }
        s.Y[i] = holds ? 1f : 0f; // of floats: a converted integer keeps its bits under OpenCL
    }

    /// <summary>y = a where the condition is not 0, else b; what is missing is 0.</summary>
    public static void Select(Index1D i, SelectArgs s)
    {
        // A condition that is NaN is not 0.
        float value = 0;
        if (s.Condition[i] == 0)
        {
            if (s.HasB != 0) value = s.B[i];
        }
        else if (s.HasA != 0)
        {
            value = s.A[i];
        }
        s.Y[i] = value;
    }

    /// <summary>A block of a wider matrix into a block of another.</summary>
    public static void CopyRows(Index1D i, CopyRowsArgs s)
    {
        int row = i / s.Columns, column = i % s.Columns, to = (row * s.LeadingY) + column;
        float value = s.X[(row * s.LeadingX) + column];
        s.Y[to] = s.Accumulate != 0 ? s.Y[to] + value : value;
    }

    /// <summary>The largest along a dimension: one thread a result.</summary>
    public static void MaxOfFew(Index1D result, LargestArgs s)
    {
        int first = (result / s.Inner * s.Axis * s.Inner) + (result % s.Inner), at = 0;
        float best = s.X[first];
        for (int i = 1; i < s.Axis; i++)
        {
            float value = s.X[first + (i * s.Inner)];
            if (Comes(value, i, best, at)) (best, at) = (value, i);
        }
        for (int i = 0; i < s.Axis && s.HasChosen != 0; i++) s.Chosen[first + (i * s.Inner)] = i == at ? 1f : 0f;
        if (s.HasY != 0) s.Y[result] = best;
        if (s.HasPlaces != 0) s.Places[result] = at;
    }

    /// <summary>The same: one group a result.</summary>
    public static void MaxOfMany(LargestArgs s)
    {
        ArrayView<float> values = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        ArrayView<int> places = SharedMemory.Allocate<int>(GroupReduction.MaxThreads);
        int lane = Group.IdxX, result = Grid.IdxX, first = (result / s.Inner * s.Axis * s.Inner) + (result % s.Inner);
        int at = lane < s.Axis ? lane : 0;
        float best = s.X[first + (at * s.Inner)];
        for (int i = lane + Group.DimX; i < s.Axis; i += Group.DimX)
        {
            float value = s.X[first + (i * s.Inner)];
            if (Comes(value, i, best, at)) (best, at) = (value, i);
        }
        values[lane] = best;
        places[lane] = at;
        Group.Barrier();
        for (int half = Group.DimX >> 1; half > 0; half >>= 1)
        {
            if (lane < half && Comes(values[lane + half], places[lane + half], values[lane], places[lane]))
            {
                values[lane] = values[lane + half];
                places[lane] = places[lane + half];
            }
            Group.Barrier();
        }
        at = places[0];
        for (int i = lane; i < s.Axis && s.HasChosen != 0; i += Group.DimX) s.Chosen[first + (i * s.Inner)] = i == at ? 1f : 0f;
        if (lane == 0 && s.HasY != 0) s.Y[result] = values[0];
        if (lane == 0 && s.HasPlaces != 0) s.Places[result] = at;
    }

    /// <summary>Whether a candidate goes before the best so far: NaN before all numbers, then the larger, then the one that stands first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Comes(float value, int i, float best, int at)
    {
        bool isNaN = XMath.IsNaN(value), bestIsNaN = XMath.IsNaN(best);
        if (isNaN || bestIsNaN) return isNaN && (!bestIsNaN || i < at);
        return value > best || (value == best && i < at);
    }
}
