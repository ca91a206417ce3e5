using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary><c>y[o,i] (+)= alpha·Σ_a x[o,a,i]</c> in strips of columns; rows are <c>step</c> elements apart.</summary>
internal unsafe struct ColumnSumJob(long outer, long axis, long inner, long step, float alpha, float* x, float* y, bool accumulate) : ISimdJob
{
    private const int StripWidth = 64;

    /// <summary>Rows that one accumulator takes before it is added to the total, so that rounding grows slowly.</summary>
    private const int Segment = 64;

    private readonly long _strips = (inner + StripWidth - 1) / StripWidth;
    private readonly int _stripsPerBlock = Blocks.Rows(axis * Math.Min(inner, StripWidth));

    /// <summary>Number of blocks.</summary>
    public readonly int BlockCount => Blocks.Count(outer * _strips, _stripsPerBlock);

    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long strip, long end) = Blocks.Range(block, outer * _strips, _stripsPerBlock);
        for (; strip < end; strip++)
        {
            (long o, long s) = Math.DivRem(strip, _strips);
            long i = s * StripWidth, stop = Math.Min(inner, i + StripWidth);
            float* from = x + o * axis * step, to = y + o * inner;
            for (; i + 4 * TV.Count <= stop; i += 4 * TV.Count) Four<TV>(from + i, to + i);
            for (; i < stop; i += TV.Count) One<TV>(from + i, to + i, stop - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Four<TV>(float* from, float* to) where TV : unmanaged, ILanes<TV>
    {
        TV a = TV.All(0), b = a, c = a, d = a;
        long stride = step;
        for (long row = 0; row < axis; row += Segment)
        {
            TV e = TV.All(0), f = e, g = e, h = e;
            for (long rest = Math.Min(Segment, axis - row); rest > 0; rest--, from += stride)
            {
                e += TV.Load(from);
                f += TV.Load(from + TV.Count);
                g += TV.Load(from + 2 * TV.Count);
                h += TV.Load(from + 3 * TV.Count);
            }
            a += e;
            b += f;
            c += g;
            d += h;
        }
        Put(a, to, TV.Count);
        Put(b, to + TV.Count, TV.Count);
        Put(c, to + 2 * TV.Count, TV.Count);
        Put(d, to + 3 * TV.Count, TV.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void One<TV>(float* from, float* to, long width) where TV : unmanaged, ILanes<TV>
    {
        TV total = TV.All(0);
        long stride = step;
        for (long row = 0; row < axis; row += Segment)
        {
            TV part = TV.All(0);
            for (long rest = Math.Min(Segment, axis - row); rest > 0; rest--, from += stride) part += TV.Load(from, width);
            total += part;
        }
        Put(total, to, width);
    }

    private readonly void Put<TV>(TV sum, float* to, long width) where TV : unmanaged, ILanes<TV>
    {
        sum *= TV.All(alpha);
        if (accumulate) sum += TV.Load(to, width);
        sum.Store(to, width);
    }
}
