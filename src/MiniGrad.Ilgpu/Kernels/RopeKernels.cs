using ILGPU;

namespace MiniGrad.Ilgpu.Kernels;

internal struct RopeArgs
{
    public ArrayView<float> Cosine, Sine, X, Y;
    public int SequenceLength, Heads, RotatedHeads, HeadSize, PositionOffset, Interleaved, Inverse, Accumulate;
}

/// <summary>Rotary position embedding (arXiv 2104.09864, §3.4.2).</summary>
internal static class RopeKernels
{
    /// <summary>One thread a pair of one head of one token.</summary>
    public static void Rope(Index1D index, RopeArgs s)
    {
        int half = s.HeadSize / 2, i = index % half, head = index / half % s.Heads, row = index / half / s.Heads;
        int start = ((row * s.Heads) + head) * s.HeadSize;
        int first = start + (s.Interleaved != 0 ? 2 * i : i), second = first + (s.Interleaved != 0 ? 1 : half);
        float a = s.X[first], b = s.X[second];
        if (head < s.RotatedHeads)
        {
            int angle = (((row % s.SequenceLength) + s.PositionOffset) * half) + i;
            float cos = s.Cosine[angle], sin = s.Inverse != 0 ? -s.Sine[angle] : s.Sine[angle], turned = (a * cos) - (b * sin);
            b = (b * cos) + (a * sin);
            a = turned;
        }
        if (s.Accumulate != 0)
        {
            a += s.Y[first];
            b += s.Y[second];
        }
        s.Y[first] = a;
        s.Y[second] = b;
    }
}
