using System.Text;

namespace MiniGrad.Data;

/// <summary>Unicode code points as tokens: those of the training text, in ascending order.</summary>
public sealed class CharTokenizer : ITokenizer
{
    private readonly Rune[] _runes;
    private readonly Dictionary<Rune, int> _ids;

    /// <summary>A tokenizer for the code points that occur in <paramref name="train"/>.</summary>
    /// <exception cref="InvalidDataException">The text is empty or not UTF-8.</exception>
    public CharTokenizer(ReadOnlySpan<byte> train)
    {
        var runes = new HashSet<Rune>();
        for (int position = 0; position < train.Length;)
            runes.Add(Next(train, ref position));
        if (runes.Count == 0)
            throw new InvalidDataException("tokenizer char: the training text is empty, expected at least one character");

        _runes = [.. runes.Order()];
        _ids = new Dictionary<Rune, int>(_runes.Length);
        for (int id = 0; id < _runes.Length; id++)
            _ids.Add(_runes[id], id);
    }

    /// <inheritdoc/>
    public string Name => "char";

    /// <inheritdoc/>
    public int VocabularySize => _runes.Length;

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<byte> utf8)
    {
        var tokens = new List<int>(utf8.Length);
        for (int position = 0; position < utf8.Length;)
        {
            int start = position;
            Rune rune = Next(utf8, ref position);
            if (!_ids.TryGetValue(rune, out int id))
            {
                throw new InvalidDataException(
                    $"tokenizer char: '{rune}' (U+{rune.Value:X4}) at byte {start} does not occur in the training text: use --tokenizer byte");
            }

            tokens.Add(id);
        }

        return [.. tokens];
    }

    /// <inheritdoc/>
    public byte[] Decode(ReadOnlySpan<int> tokens)
    {
        var bytes = new MemoryStream(tokens.Length);
        Span<byte> encoded = stackalloc byte[4];
        foreach (int token in tokens)
        {
            Vocabulary.Require(token, VocabularySize, nameof(tokens));
            bytes.Write(encoded[.._runes[token].EncodeToUtf8(encoded)]);
        }

        return bytes.ToArray();
    }

    /// <inheritdoc/>
    public int ByteLength(int token)
    {
        Vocabulary.Require(token, VocabularySize);
        return _runes[token].Utf8SequenceLength;
    }

    private static Rune Next(ReadOnlySpan<byte> text, ref int position)
    {
        if (Rune.DecodeFromUtf8(text[position..], out Rune rune, out int consumed) != System.Buffers.OperationStatus.Done)
            throw new InvalidDataException($"tokenizer char: byte 0x{text[position]:X2} at offset {position} is not UTF-8: use --tokenizer byte");
        position += consumed;
        return rune;
    }
}
