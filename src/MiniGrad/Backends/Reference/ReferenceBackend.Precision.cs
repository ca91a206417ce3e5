using MiniGrad.Memory;
using MiniGrad.Randomness;

namespace MiniGrad.Backends.Reference;

/// <summary>The packed formats of optimizer state, element by element.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void PackBfloat16(RoundingKey key, BufferView x, BufferView words, BufferView draws, BufferView gate)
    {
        if (ScalarOrOne(gate) == 0) return;
        Span<T> xs = Reals(x, x.Length);
        Span<int> to = Integers(words, (x.Length + 1) / 2), count = Integers(draws, 1);
        to.Clear();
        for (int i = 0; i < xs.Length; i++)
        {
            float value = (float)Wide(xs[i]);
            uint bits = BitConverter.SingleToUInt32Bits(value);
            if (float.IsFinite(value)) bits += RandomBits(key, (uint)count[0], i);
            to[i / 2] |= (int)(bits >> 16 << (16 * (i % 2)));
        }
        count[0]++;
    }

    /// <inheritdoc/>
    public void UnpackBfloat16(BufferView words, BufferView x)
    {
        Span<int> from = Integers(words, (x.Length + 1) / 2);
        Span<T> xs = Reals(x, x.Length);
        for (int i = 0; i < xs.Length; i++) xs[i] = Narrow(BitConverter.UInt32BitsToSingle((uint)from[i / 2] >> (16 * (i % 2)) << 16));
    }

    /// <inheritdoc/>
    public void PackSigns(BufferView x, BufferView words, BufferView gate)
    {
        if (ScalarOrOne(gate) == 0) return;
        Span<T> xs = Reals(x, x.Length);
        Span<int> to = Integers(words, (x.Length + 31) / 32);
        to.Clear();
        for (int i = 0; i < xs.Length; i++)
        {
            if (Wide(xs[i]) > 0) to[i / 32] |= 1 << (i % 32);
        }
    }

    /// <inheritdoc/>
    public void ApplySigns(BufferView words, BufferView x)
    {
        Span<int> from = Integers(words, (x.Length + 31) / 32);
        Span<T> xs = Reals(x, x.Length);
        for (int i = 0; i < xs.Length; i++)
        {
            if ((from[i / 32] >> (i % 32) & 1) == 0) xs[i] = -xs[i];
        }
    }

    /// <summary>The 16 bits of element i: one of the eight halves of Philox' block ⌊i/8⌋.</summary>
    private static uint RandomBits(RoundingKey key, uint draw, int i)
    {
        var (x0, x1, x2, x3) = Philox4x32.Block((uint)(i / 8), 0, draw, key.Stream, (uint)key.Seed, (uint)(key.Seed >> 32));
        uint word = (i % 8 / 2) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 };
        return word >> (16 * (i % 2)) & 0xFFFF;
    }
}
