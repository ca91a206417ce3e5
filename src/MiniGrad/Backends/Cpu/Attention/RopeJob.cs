using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>Rotary position embedding, row by row.</summary>
internal unsafe struct RopeJob(RopeShape shape, float* cosine, float* sine, float* x, float* y, bool accumulate) : ISimdJob
{
    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        long width = (long)shape.Heads * shape.HeadSize, rotated = (long)shape.RotatedHeads * shape.HeadSize;
        int half = shape.HeadSize / 2;
        (long row, long end) = Blocks.Range(block, shape.Rows, Blocks.Rows(width));
        for (; row < end; row++)
        {
            long position = row % shape.SequenceLength + shape.PositionOffset;
            float* from = x + row * width, to = y + row * width, cos = cosine + position * half, sin = sine + position * half;
            for (long head = 0; head < rotated; head += shape.HeadSize)
            {
                if (shape.Interleaved) Interleaved(from + head, to + head, cos, sin, half);
                else Halves<TV>(from + head, to + head, cos, sin, half);
            }
            Copy<TV>(from + rotated, to + rotated, width - rotated);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Halves<TV>(float* from, float* to, float* cos, float* sin, long half) where TV : unmanaged, ILanes<TV>
    {
        bool adds = accumulate;
        TV sign = TV.All(shape.Inverse ? -1 : 1);
        for (long i = 0; i < half; i += TV.Count)
        {
            TV a = TV.Load(from + i, half - i), b = TV.Load(from + half + i, half - i), c = TV.Load(cos + i, half - i), s = sign * TV.Load(sin + i, half - i);
            TV first = a * c - b * s, second = TV.MultiplyAdd(a, s, b * c);
            if (adds)
            {
                first += TV.Load(to + i, half - i);
                second += TV.Load(to + half + i, half - i);
            }
            first.Store(to + i, half - i);
            second.Store(to + half + i, half - i);
        }
    }

    private readonly void Interleaved(float* from, float* to, float* cos, float* sin, int half)
    {
        for (int i = 0; i < half; i++)
        {
            float a = from[2 * i], b = from[2 * i + 1], c = cos[i], s = shape.Inverse ? -sin[i] : sin[i];
            float first = a * c - b * s, second = a * s + b * c;
            to[2 * i] = accumulate ? to[2 * i] + first : first;
            to[2 * i + 1] = accumulate ? to[2 * i + 1] + second : second;
        }
    }

    private readonly void Copy<TV>(float* from, float* to, long n) where TV : unmanaged, ILanes<TV>
    {
        if (!accumulate && from == to) return;
        for (long i = 0; i < n; i += TV.Count)
        {
            TV value = TV.Load(from + i, n - i);
            if (accumulate) value += TV.Load(to + i, n - i);
            value.Store(to + i, n - i);
        }
    }
}
