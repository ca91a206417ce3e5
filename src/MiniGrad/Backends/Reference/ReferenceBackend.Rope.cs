using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>Rotary position embedding (arXiv 2104.09864, §3.4.2).</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void Rope(in RopeShape shape, BufferView cosine, BufferView sine, BufferView x, BufferView y, bool accumulate)
    {
        if (shape.HeadSize % 2 != 0) throw new ArgumentException($"Rope: the head size {shape.HeadSize} is odd; coordinates are rotated in pairs");
        int half = shape.HeadSize / 2, width = shape.Heads * shape.HeadSize;
        long angles = (Math.Min(shape.Rows, shape.SequenceLength) + (long)shape.PositionOffset) * half;
        Span<T> cosines = Reals(cosine, angles), sines = Reals(sine, angles);
        Span<T> from = Reals(x, (long)shape.Rows * width), to = Reals(y, (long)shape.Rows * width);
        for (int row = 0; row < shape.Rows; row++)
        {
            int angle = ((row % shape.SequenceLength) + shape.PositionOffset) * half;
            for (int head = 0; head < shape.Heads; head++)
            {
                int start = (row * width) + (head * shape.HeadSize);
                for (int i = 0; i < half; i++)
                {
                    int first = start + (shape.Interleaved ? 2 * i : i), second = first + (shape.Interleaved ? 1 : half);
                    double a = Wide(from[first]), b = Wide(from[second]);
                    (double cos, double sin) = (Wide(cosines[angle + i]), shape.Inverse ? -Wide(sines[angle + i]) : Wide(sines[angle + i]));
                    bool rotated = head < shape.RotatedHeads;
                    Store(ref to[first], rotated ? (a * cos) - (b * sin) : a, accumulate);
                    Store(ref to[second], rotated ? (b * cos) + (a * sin) : b, accumulate);
                }
            }
        }
    }
}
