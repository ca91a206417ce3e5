namespace MiniGrad.Data;

/// <summary>
/// The pre-tokenization of Llama 3 and Qwen2, as a scanner over code points for the pattern
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>;
/// Qwen2's takes digits one by one.
/// </summary>
internal static class SplitPattern
{
    private const string Front = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|", Back = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The scanner of a pattern, or null where it is none of the known ones.</summary>
    /// <param name="pattern">The regular expression.</param>
    public static NextPiece? Find(string pattern) => pattern switch
    {
        Front + @"\p{N}{1,3}" + Back => text => Next(text, 3),
        Front + @"\p{N}" + Back => text => Next(text, 1),
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+" => PreTokenizer.Next,
        _ => null,
    };

    private static int Next(ReadOnlySpan<byte> text, int digits)
    {
        if (Contraction(text) is > 0 and int contraction) return contraction;
        (CharacterKind kind, int first) = CharacterKinds.First(text);
        if (kind == CharacterKind.Letter) return Run(text, 0, CharacterKind.Letter, int.MaxValue);
        if (kind == CharacterKind.Number) return Run(text, 0, CharacterKind.Number, digits);
        bool lineEnd = text[0] is (byte)'\r' or (byte)'\n';
        CharacterKind? second = text.Length > first ? CharacterKinds.First(text[first..]).Kind : null;
        if (!lineEnd && second == CharacterKind.Letter) return Run(text, first, CharacterKind.Letter, int.MaxValue);
        if (kind == CharacterKind.Symbol || (text[0] == ' ' && second == CharacterKind.Symbol)) return LineEnds(text, Run(text, kind == CharacterKind.Symbol ? 0 : 1, CharacterKind.Symbol, int.MaxValue));
        int spaces = Run(text, 0, CharacterKind.Space, int.MaxValue);
        int last = text[..spaces].LastIndexOfAny((byte)'\r', (byte)'\n');
        return last >= 0 ? last + 1 : PreTokenizer.Spaces(text);
    }

    // The end of a run of one kind that begins at a place.
    private static int Run(ReadOnlySpan<byte> text, int at, CharacterKind kind, int most)
    {
        for (int count = 0; at < text.Length && count < most; count++)
        {
            (CharacterKind next, int bytes) = CharacterKinds.First(text[at..]);
            if (next != kind) break;
            at += bytes;
        }
        return at;
    }

    private static int LineEnds(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)'\r' or (byte)'\n') at++;
        return at;
    }

    private static int Contraction(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != '\'') return 0;
        if ((text[1] | 0x20) is 's' or 't' or 'm' or 'd') return 2;
        return text.Length > 2 && (text[1] | 0x20, text[2] | 0x20) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }
}
