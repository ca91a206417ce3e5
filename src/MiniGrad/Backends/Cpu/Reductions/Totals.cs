namespace MiniGrad.Backends.Cpu;

/// <summary>Reduces a short run of elements to a number.</summary>
internal unsafe interface ITotal
{
    /// <summary>The total.</summary>
    static abstract double Of<TV>(float* x, float* y, long n) where TV : unmanaged, ILanes<TV>;
}

/// <summary>Σ x.</summary>
internal readonly unsafe struct SumTotal : ITotal
{
    /// <inheritdoc/>
    public static double Of<TV>(float* x, float* y, long n) where TV : unmanaged, ILanes<TV> => Rows.Sum<TV>(x, n);
}

/// <summary>Σ x·y.</summary>
internal readonly unsafe struct DotTotal : ITotal
{
    /// <inheritdoc/>
    public static double Of<TV>(float* x, float* y, long n) where TV : unmanaged, ILanes<TV> => Rows.Dot<TV>(x, y, n);
}

/// <summary>Σ x². Where the squares leave float32's range, x is scaled by a power of two and the sum scaled back in float64.</summary>
internal readonly unsafe struct SquareTotal : ITotal
{
    private const float Up = 1.2676506e30f, Down = 8.271806e-25f;

    /// <inheritdoc/>
    public static double Of<TV>(float* x, float* y, long n) where TV : unmanaged, ILanes<TV>
    {
        float sum = Rows.SumSquares<TV>(x, n, 0, 1);
        if (sum is > 1e-28f and < 1e34f) return sum;
        float scale = sum < 1 ? Up : Down;
        return Rows.SumSquares<TV>(x, n, 0, scale) / ((double)scale * scale);
    }
}

/// <summary>
/// Totals of fixed blocks. Within a block float32 sums of short runs are added in float64, and so are the blocks, in order:
/// neither the number of threads nor the length of the vector changes how they are grouped.
/// </summary>
internal unsafe struct PartialsJob<TTotal>(float* x, float* y, long length, double* partials) : ISimdJob where TTotal : struct, ITotal
{
    private const long RunLength = 4096;

    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long i, long end) = Blocks.Range(block, length);
        double total = 0;
        for (; i < end; i += RunLength) total += TTotal.Of<TV>(x + i, y + i, Math.Min(RunLength, end - i));
        partials[block] = total;
    }
}
