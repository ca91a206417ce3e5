using System.Globalization;
using System.Text;

namespace MiniGrad.Data;

/// <summary>
/// GPT-2's pre-tokenization: a text falls into pieces that no merge crosses. A hand-written scanner for the pattern
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c> over code points; a byte that is not
/// UTF-8 counts as a symbol, so that any bytes come back.
/// </summary>
public static class PreTokenizer
{
    private enum Kind
    {
        Letter,
        Number,
        Space,
        Symbol,
    }

    /// <summary>The length in bytes of the first piece of a text that is not empty.</summary>
    /// <param name="text">The text that is left.</param>
    public static int Next(ReadOnlySpan<byte> text)
    {
        if (Contraction(text) is > 0 and int contraction) return contraction;
        (Kind kind, int length) = First(text);
        if (kind == Kind.Space)
        {
            // A single blank belongs to the word behind it.
            if (text[0] != ' ' || text.Length == 1) return Spaces(text);
            (kind, int second) = First(text[1..]);
            if (kind == Kind.Space) return Spaces(text);
            length = 1 + second;
        }
        while (length < text.Length)
        {
            (Kind next, int bytes) = First(text[length..]);
            if (next != kind) break;
            length += bytes;
        }
        return length;
    }

    // \s+(?!\S)|\s+: a run of white space leaves its last character to the word behind it, unless it is the only one.
    private static int Spaces(ReadOnlySpan<byte> text)
    {
        int length = 0, last = 0;
        while (length < text.Length)
        {
            (Kind kind, int bytes) = First(text[length..]);
            if (kind != Kind.Space) return last > 0 ? last : length;
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

    private static (Kind Kind, int Bytes) First(ReadOnlySpan<byte> text)
    {
        byte b = text[0];
        if (b < 0x80)
        {
            if ((b | 0x20) is >= (byte)'a' and <= (byte)'z') return (Kind.Letter, 1);
            if (b is >= (byte)'0' and <= (byte)'9') return (Kind.Number, 1);
            return (b is (byte)' ' or >= 9 and <= 13 ? Kind.Space : Kind.Symbol, 1);
        }
        if (Rune.DecodeFromUtf8(text, out Rune rune, out int bytes) != System.Buffers.OperationStatus.Done) return (Kind.Symbol, 1);
        return (KindOf(rune), bytes);
    }

    private static Kind KindOf(Rune rune)
    {
        if (Rune.IsWhiteSpace(rune)) return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter, // Lu, Ll, Lt, Lm, Lo
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Symbol,
        };
    }
}
