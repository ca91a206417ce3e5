namespace MiniGrad.Data;

/// <summary>Bytes as tokens: 256 ids, any text, and nats per token are nats per byte.</summary>
public sealed class ByteTokenizer : ITokenizer
{
    /// <inheritdoc/>
    public string Name => "byte";

    /// <inheritdoc/>
    public int VocabularySize => 256;

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<byte> utf8)
    {
        int[] tokens = new int[utf8.Length];
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = utf8[i];
        return tokens;
    }

    /// <inheritdoc/>
    public byte[] Decode(ReadOnlySpan<int> tokens)
    {
        byte[] bytes = new byte[tokens.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            Vocabulary.Require(tokens[i], VocabularySize);
            bytes[i] = (byte)tokens[i];
        }

        return bytes;
    }

    /// <inheritdoc/>
    public int ByteLength(int token)
    {
        Vocabulary.Require(token, VocabularySize);
        return 1;
    }
}
