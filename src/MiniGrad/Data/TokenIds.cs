using System.Globalization;

namespace MiniGrad.Data;

/// <summary>
/// Token ids without a tokenizer: how wide the vocabulary of token files is, and nothing about their text. Each id counts as
/// one byte, so bits per byte are bits per token.
/// </summary>
public sealed class TokenIds : ITokenizer
{
    /// <summary>The most ids.</summary>
    public const int Most = 1 << 24;

    /// <summary>A vocabulary of a width.</summary>
    /// <param name="count">The number of ids.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in 1 … <see cref="Most"/>.</exception>
    public TokenIds(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Most);
        VocabularySize = count;
    }

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"ids:{VocabularySize}");

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? [] : throw new InvalidDataException($"tokenizer {Name}: there is no text to token ids; give token files (FILE.bin), or another tokenizer");

    /// <inheritdoc/>
    /// <remarks>The ids in decimal, a blank between them.</remarks>
    public byte[] Decode(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens) Vocabulary.Require(token, VocabularySize, nameof(tokens));
        return System.Text.Encoding.UTF8.GetBytes(string.Join(' ', tokens.ToArray()));
    }

    /// <inheritdoc/>
    public int ByteLength(int token)
    {
        Vocabulary.Require(token, VocabularySize);
        return 1;
    }
}
