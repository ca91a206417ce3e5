namespace MiniGrad.Data;

/// <summary>A long row of token ids: in memory, two bytes each where the vocabulary allows it, or in a mapped file.</summary>
public sealed class TokenStream
{
    private readonly ushort[]? _narrow;
    private readonly int[]? _wide;
    private readonly TokenFile[]? _files;
    private readonly long _start;

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
            if ((uint)tokens[i] >= (uint)vocabularySize) throw Outside(name, tokens[i], i, vocabularySize);
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

    /// <summary>A stream of a part of a mapped file, which must stay open.</summary>
    /// <param name="name">What messages call it, such as <c>validation</c>.</param>
    /// <param name="file">The file.</param>
    /// <param name="start">Its first token that belongs to the stream.</param>
    /// <param name="length">How many tokens belong to it.</param>
    /// <param name="vocabularySize">Each id must lie in 0 … vocabularySize − 1.</param>
    /// <exception cref="InvalidDataException">An id lies outside the vocabulary.</exception>
    public TokenStream(string name, TokenFile file, long start, long length, int vocabularySize)
        : this(name, [file ?? throw new ArgumentNullException(nameof(file))], start, length, vocabularySize)
    {
    }

    /// <summary>A stream of a part of mapped files, one after another, which must stay open.</summary>
    /// <param name="name">What messages call it, such as <c>validation</c>.</param>
    /// <param name="files">The files.</param>
    /// <param name="start">Its first token that belongs to the stream.</param>
    /// <param name="length">How many tokens belong to it.</param>
    /// <param name="vocabularySize">Each id must lie in 0 … vocabularySize − 1.</param>
    /// <exception cref="InvalidDataException">An id lies outside the vocabulary.</exception>
    public TokenStream(string name, IReadOnlyList<TokenFile> files, long start, long length, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        (Name, VocabularySize, Length, _files, _start) = (name, vocabularySize, length, [.. files], start);
        var chunk = new int[8192];
        for (long at = 0; at < length; at += chunk.Length)
        {
            Span<int> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, length - at));
            Read(at, part);
            for (int i = 0; i < part.Length; i++)
            {
                if ((uint)part[i] >= (uint)vocabularySize) throw Outside(name, (uint)part[i], at + i, vocabularySize);
            }
        }
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
        if (_files is not null)
        {
            ReadFiles(_start + start, destination);
            return;
        }

        if (_wide is not null)
        {
            _wide.AsSpan((int)start, destination.Length).CopyTo(destination);
            return;
        }

        ReadOnlySpan<ushort> source = _narrow.AsSpan((int)start, destination.Length);
        for (int i = 0; i < source.Length; i++)
            destination[i] = source[i];
    }

    private void ReadFiles(long at, Span<int> destination)
    {
        foreach (TokenFile file in _files!)
        {
            if (destination.IsEmpty) return;
            if (at >= file.Length)
            {
                at -= file.Length;
                continue;
            }
            int count = (int)Math.Min(destination.Length, file.Length - at);
            file.Read(at, destination[..count]);
            at = 0;
            destination = destination[count..];
        }
    }

    private static InvalidDataException Outside(string name, long token, long position, int vocabularySize) =>
        new($"{name} tokens: {token} at position {position} lies outside the vocabulary of {vocabularySize}, expected 0 … {vocabularySize - 1}");

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
