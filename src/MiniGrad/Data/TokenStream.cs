namespace MiniGrad.Data;

/// <summary>A long row of token ids, two bytes each where the vocabulary allows it.</summary>
public sealed class TokenStream
{
    private readonly ushort[]? _narrow;
    private readonly int[]? _wide;

    /// <summary>A stream of the given ids.</summary>
    /// <param name="name">What messages call it, such as <c>validation</c>.</param>
    /// <param name="tokens">The ids; they are copied.</param>
    /// <param name="vocabularySize">Each id must lie in 0 … vocabularySize − 1.</param>
    /// <exception cref="InvalidDataException">An id lies outside the vocabulary.</exception>
    public TokenStream(string name, ReadOnlySpan<int> tokens, int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)vocabularySize)
            {
                throw new InvalidDataException(
                    $"{name} tokens: {tokens[i]} at position {i} lies outside the vocabulary of {vocabularySize}, expected 0 … {vocabularySize - 1}");
            }
        }

        Name = name;
        VocabularySize = vocabularySize;
        Length = tokens.Length;
        if (vocabularySize > ushort.MaxValue + 1)
        {
            _wide = tokens.ToArray();
            return;
        }

        _narrow = new ushort[tokens.Length];
        for (int i = 0; i < tokens.Length; i++)
            _narrow[i] = (ushort)tokens[i];
    }

    /// <summary>What messages call the stream.</summary>
    public string Name { get; }

    /// <summary>The number of token ids that may occur.</summary>
    public int VocabularySize { get; }

    /// <summary>The number of tokens.</summary>
    public long Length { get; }

    /// <summary>Copies the tokens from <paramref name="start"/> on into <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The stream ends before the destination is full.</exception>
    public void Read(long start, Span<int> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - destination.Length);
        if (_wide is not null)
        {
            _wide.AsSpan((int)start, destination.Length).CopyTo(destination);
            return;
        }

        ReadOnlySpan<ushort> source = _narrow.AsSpan((int)start, destination.Length);
        for (int i = 0; i < source.Length; i++)
            destination[i] = source[i];
    }

    /// <summary>Throws unless the stream holds a context and the token after it.</summary>
    /// <exception cref="InvalidDataException">The stream is shorter than blockSize + 1.</exception>
    internal void RequireContext(int blockSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockSize);
        if (Length <= blockSize)
        {
            throw new InvalidDataException(
                $"corpus: the {Name} split has {Length} tokens, a context of {blockSize} needs at least {blockSize + 1L}: "
                + "give a longer corpus, or a smaller model.blockSize");
        }
    }
}
