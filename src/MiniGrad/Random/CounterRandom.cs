namespace MiniGrad.Randomness;

/// <summary>
/// Random numbers as a pure function of (seed, stream, index): no state, no order of use, the same on every thread.
/// </summary>
/// <remarks>
/// The seed is the key of <see cref="Philox4x32"/>; the stream is the upper half of its counter and the index the lower
/// half. Every helper reads the same words, so two uses that must be independent take two streams.
/// </remarks>
/// <param name="Seed">The key: what the user calls the seed.</param>
/// <param name="Stream">Which of the seed's 2⁶⁴ independent sequences.</param>
public readonly record struct CounterRandom(ulong Seed, ulong Stream)
{
    private const double Scale32 = 1.0 / 4294967296.0;

    /// <summary>The number at <paramref name="index"/>, uniform over all 64-bit values.</summary>
    public ulong UInt64(ulong index)
    {
        var (x0, x1, _, _) = Block(index);
        return ((ulong)x1 << 32) | x0;
    }

    /// <summary>The number at <paramref name="index"/>, uniform over the multiples of 2⁻²⁴ in [0, 1).</summary>
    public float Single(ulong index) => (Block(index).X0 >> 8) * (1f / 16777216f);

    /// <summary>The number at <paramref name="index"/>, uniform over the multiples of 2⁻⁵³ in [0, 1).</summary>
    public double Double(ulong index) => (UInt64(index) >> 11) * (1.0 / 9007199254740992.0);

    /// <summary>
    /// The number at <paramref name="index"/>, uniform over 0 … <paramref name="bound"/> − 1: the upper half of the
    /// 128-bit product with a 64-bit number, whose bias is below bound · 2⁻⁶⁴.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public long Below(long bound, ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (long)Math.BigMul(UInt64(index), (ulong)bound, out _);
    }

    /// <summary>
    /// The number at <paramref name="index"/> of a standard normal sequence (Box–Muller on 32-bit uniforms, so at most
    /// 6.66 in magnitude); four neighbours share one block.
    /// </summary>
    public float Normal(ulong index)
    {
        var (n0, n1, n2, n3) = NormalBlock(index / 4);
        return (index % 4) switch { 0 => n0, 1 => n1, 2 => n2, _ => n3 };
    }

    /// <summary>
    /// Fills <paramref name="destination"/> with the normal numbers of mean 0 and the given standard deviation that
    /// start at <paramref name="firstIndex"/>: element i is standardDeviation · Normal(firstIndex + i).
    /// </summary>
    public void FillNormal(Span<float> destination, float standardDeviation = 1f, ulong firstIndex = 0)
    {
        int i = 0;
        for (; i < destination.Length && (firstIndex + (ulong)i) % 4 != 0; i++)
            destination[i] = standardDeviation * Normal(firstIndex + (ulong)i);
        for (; i + 4 <= destination.Length; i += 4)
        {
            var (n0, n1, n2, n3) = NormalBlock((firstIndex + (ulong)i) / 4);
            destination[i] = standardDeviation * n0;
            destination[i + 1] = standardDeviation * n1;
            destination[i + 2] = standardDeviation * n2;
            destination[i + 3] = standardDeviation * n3;
        }

        for (; i < destination.Length; i++)
            destination[i] = standardDeviation * Normal(firstIndex + (ulong)i);
    }

    private (uint X0, uint X1, uint X2, uint X3) Block(ulong index) => Philox4x32.Block(
        (uint)index, (uint)(index >> 32), (uint)Stream, (uint)(Stream >> 32), (uint)Seed, (uint)(Seed >> 32));

    private (float N0, float N1, float N2, float N3) NormalBlock(ulong block)
    {
        var (x0, x1, x2, x3) = Block(block);
        var (n0, n1) = BoxMuller(x0, x1);
        var (n2, n3) = BoxMuller(x2, x3);
        return (n0, n1, n2, n3);
    }

    private static (float Cosine, float Sine) BoxMuller(uint forRadius, uint forAngle)
    {
        // (x + 1) / 2³² lies in (0, 1]: the logarithm is finite.
        double radius = Math.Sqrt(-2.0 * Math.Log((forRadius + 1.0) * Scale32));
        var (sine, cosine) = Math.SinCos(forAngle * (2.0 * Math.PI * Scale32));
        return ((float)(radius * cosine), (float)(radius * sine));
    }
}
