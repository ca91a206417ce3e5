namespace MiniGrad.Data;

/// <summary>
/// The fixed windows on which every variant is validated: evenly spaced over the held-out tokens, never overlapping, so
/// that each token counts at most once.
/// </summary>
public sealed class ValidationWindows
{
    /// <summary>The least number of validation tokens, unless the caller or the corpus has fewer.</summary>
    public const int DefaultTokens = 65_536;

    private readonly TokenStream _tokens;

    /// <summary>
    /// Windows of <paramref name="blockSize"/> tokens, together at least <paramref name="leastTokens"/>; as many as fit
    /// where the held-out text is shorter than that (<see cref="TokenCount"/> says what it came to).
    /// </summary>
    /// <exception cref="InvalidDataException">The stream is shorter than blockSize + 1.</exception>
    public ValidationWindows(TokenStream tokens, int blockSize, int leastTokens = DefaultTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(leastTokens);
        tokens.RequireContext(blockSize);
        _tokens = tokens;
        BlockSize = blockSize;
        long fitting = (tokens.Length - 1) / blockSize;
        Count = (int)Math.Min((leastTokens + (long)blockSize - 1) / blockSize, fitting);
    }

    /// <summary>T, the tokens of a window.</summary>
    public int BlockSize { get; }

    /// <summary>The number of windows.</summary>
    public int Count { get; }

    /// <summary>The number of predicted tokens, Count·T.</summary>
    public long TokenCount => (long)Count * BlockSize;

    /// <summary>Where window <paramref name="window"/> starts: ⌊window·(L − 1)/Count⌋ for a stream of L tokens.</summary>
    public long Offset(int window)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(window, Count);
        return (long)((Int128)window * (_tokens.Length - 1) / Count);
    }

    /// <summary>Fills the spans with the windows from <paramref name="first"/> on, as many rows as they hold.</summary>
    /// <param name="first">The first window.</param>
    /// <param name="inputs">(b,T) tokens, row by row.</param>
    /// <param name="targets">(b,T): for each input the token that follows it.</param>
    /// <exception cref="ArgumentException">The spans differ in length, or hold no whole rows, or more than remain.</exception>
    public void Fill(int first, Span<int> inputs, Span<int> targets)
    {
        int rows = WindowRows.Count(inputs.Length, targets.Length, BlockSize);
        if (first < 0 || first + (long)rows > Count)
            throw new ArgumentException($"windows {first} … {first + (long)rows - 1} asked for, there are {Count}");
        for (int i = 0; i < rows; i++)
            WindowRows.Read(_tokens, Offset(first + i), i, BlockSize, inputs, targets);
    }

    /// <summary>The bytes that all targets stand for, the denominator of bits per byte.</summary>
    public long ByteCount(ITokenizer tokenizer)
    {
        int[] inputs = new int[BlockSize], targets = new int[BlockSize];
        long bytes = 0;
        for (int window = 0; window < Count; window++)
        {
            Fill(window, inputs, targets);
            foreach (int target in targets)
                bytes += tokenizer.ByteLength(target);
        }

        return bytes;
    }
}
