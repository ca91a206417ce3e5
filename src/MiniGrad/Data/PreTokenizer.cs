namespace MiniGrad.Data;

/// <summary>
/// GPT-2's pre-tokenization: a text falls into pieces that no merge crosses. A hand-written scanner for the pattern
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c> over code points; a byte that is not
/// UTF-8 counts as a symbol, so that any bytes come back.
/// </summary>
public static class PreTokenizer
{
    /// <summary>The length in bytes of the first piece of a text that is not empty.</summary>
    /// <param name="text">The text that is left.</param>
    public static int Next(ReadOnlySpan<byte> text)
    {
        if (Contraction(text) is > 0 and int contraction) return contraction;
        (CharacterKind kind, int length) = CharacterKinds.First(text);
        if (kind == CharacterKind.Space)
        {
            // A single blank belongs to the word behind it.
            if (text[0] != ' ' || text.Length == 1) return Spaces(text);
            (kind, int second) = CharacterKinds.First(text[1..]);
            if (kind == CharacterKind.Space) return Spaces(text);
            length = 1 + second;
        }
        while (length < text.Length)
        {
            (CharacterKind next, int bytes) = CharacterKinds.First(text[length..]);
            if (next != kind) break;
            length += bytes;
        }
        return length;
    }

    // \s+(?!\S)|\s+: a run of white space leaves its last character to the word behind it, unless it is the only one.
    internal static int Spaces(ReadOnlySpan<byte> text)
    {
        int length = 0, last = 0;
        while (length < text.Length)
        {
            (CharacterKind kind, int bytes) = CharacterKinds.First(text[length..]);
            if (kind != CharacterKind.Space) return last > 0 ? last : length;
            (last, length) = (length, length + bytes);
        }
        return length;
    }

    private static int Contraction(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != '\'') return 0;
        if (text[1] is (byte)'s' or (byte)'t' or (byte)'m' or (byte)'d') return 2;
        return text.Length > 2 && (text[1], text[2]) is ((byte)'r', (byte)'e') or ((byte)'v', (byte)'e') or ((byte)'l', (byte)'l') ? 3 : 0;
    }
}
