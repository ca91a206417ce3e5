namespace MiniGrad.Data;

/// <summary>UTF-8 bytes to token ids and back.</summary>
public interface ITokenizer
{
    /// <summary>The name in the form of the option <c>--tokenizer</c>: <c>byte</c>, <c>char</c>, …</summary>
    string Name { get; }

    /// <summary>The number of token ids; each lies in 0 … VocabularySize − 1.</summary>
    int VocabularySize { get; }

    /// <summary>The token ids of a text.</summary>
    /// <exception cref="InvalidDataException">The text holds something that the vocabulary lacks.</exception>
    int[] Encode(ReadOnlySpan<byte> utf8);

    /// <summary>The bytes that the token ids stand for; a cut inside a code point leaves an incomplete one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A token lies outside the vocabulary.</exception>
    byte[] Decode(ReadOnlySpan<int> tokens);

    /// <summary>How many bytes one token stands for, so that losses in bits per byte compare across tokenizers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The token lies outside the vocabulary.</exception>
    int ByteLength(int token);
}
