using System.Globalization;
using System.Text;

namespace MiniGrad.Data;

/// <summary>The kind of a text's first code point; a byte that is not UTF-8 counts as a symbol.</summary>
internal static class CharacterKinds
{
    /// <summary>The kind, and how many bytes the code point takes.</summary>
    /// <param name="text">A text that is not empty.</param>
    public static (CharacterKind Kind, int Bytes) First(ReadOnlySpan<byte> text)
    {
        byte b = text[0];
        if (b < 0x80)
        {
            if ((b | 0x20) is >= (byte)'a' and <= (byte)'z') return (CharacterKind.Letter, 1);
            if (b is >= (byte)'0' and <= (byte)'9') return (CharacterKind.Number, 1);
            return (b is (byte)' ' or >= 9 and <= 13 ? CharacterKind.Space : CharacterKind.Symbol, 1);
        }
        if (Rune.DecodeFromUtf8(text, out Rune rune, out int bytes) != System.Buffers.OperationStatus.Done) return (CharacterKind.Symbol, 1);
        return (KindOf(rune), bytes);
    }

    private static CharacterKind KindOf(Rune rune)
    {
        if (Rune.IsWhiteSpace(rune)) return CharacterKind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => CharacterKind.Letter, // Lu, Ll, Lt, Lm, Lo
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterKind.Number,
            _ => CharacterKind.Symbol,
        };
    }
}
