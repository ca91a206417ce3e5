using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary><c>y = a</c> where the condition is not 0, else b; a null a or b is zeros.</summary>
internal unsafe struct SelectJob(float* condition, float* a, float* b, float* y, long length) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        float* decides = condition, yes = a, no = b, to = y;
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += TV.Count)
        {
            TV taken = yes == null ? TV.All(0) : TV.Load(yes + i, end - i), other = no == null ? TV.All(0) : TV.Load(no + i, end - i);
            TV.Select(TV.Equal(TV.Load(decides + i, end - i), TV.All(0)), other, taken).Store(to + i, end - i);
        }
    }
}

/// <summary>The largest element along a dimension, of equal ones the first, NaN before all; outputs that are null are not wanted.</summary>
internal unsafe struct MaxAxisJob(long results, int axis, long inner, float* x, float* y, float* chosen, int* places) : ISimdJob
{
    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long result, long end) = Blocks.Range(block, results, Blocks.Rows(axis));
        for (; result < end; result++)
        {
            long first = result / inner * axis * inner + result % inner;
            float* from = x + first;
            int best = 0;
            for (int i = 1; i < axis && !float.IsNaN(from[best * inner]); i++)
            {
                // True for NaN, too.
                if (!(from[i * inner] <= from[best * inner])) best = i;
            }
            if (y != null) y[result] = from[best * inner];
            if (places != null) places[result] = best;
            if (chosen == null) continue;
            for (int i = 0; i < axis; i++) chosen[first + i * inner] = i == best ? 1 : 0;
        }
    }
}
