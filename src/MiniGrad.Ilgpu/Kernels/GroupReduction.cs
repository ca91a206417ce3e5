using System.Runtime.CompilerServices;
using ILGPU;

namespace MiniGrad.Ilgpu.Kernels;

/// <summary>Sums and maxima over the threads of a one-dimensional group, in the fixed order of a binary tree.</summary>
internal static class GroupReduction
{
    /// <summary>The most threads of such a group; a power of two, as every group's size must be.</summary>
    public const int MaxThreads = 256;

    /// <summary>The sum over the group, in every thread.</summary>
    /// <param name="shared">Shared memory of <see cref="MaxThreads"/> elements.</param>
    /// <param name="value">This thread's part.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(ArrayView<float> shared, float value)
    {
        int lane = Group.IdxX;
        Group.Barrier(); // whoever reads the last result is done
        shared[lane] = value;
        Group.Barrier();
        for (int half = Group.DimX >> 1; half > 0; half >>= 1)
        {
            if (lane < half) shared[lane] += shared[lane + half];
            Group.Barrier();
        }
        return shared[0];
    }

    /// <summary>The maximum over the group, in every thread; NaN is left out.</summary>
    /// <param name="shared">As for <see cref="Sum"/>.</param>
    /// <param name="value">This thread's part.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(ArrayView<float> shared, float value)
    {
        int lane = Group.IdxX;
        Group.Barrier();
        shared[lane] = value;
        Group.Barrier();
        for (int half = Group.DimX >> 1; half > 0; half >>= 1)
        {
            if (lane < half && shared[lane + half] > shared[lane]) shared[lane] = shared[lane + half];
            Group.Barrier();
        }
        return shared[0];
    }
}
