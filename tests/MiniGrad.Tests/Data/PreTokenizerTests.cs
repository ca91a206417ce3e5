using System.Text;
using System.Text.RegularExpressions;
using MiniGrad.Data;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Data;

/// <summary>The hand-written scanner cuts where GPT-2's published pattern does.</summary>
public sealed partial class PreTokenizerTests
{
    [Theory]
    [InlineData("Hello world", "Hello| world")]
    [InlineData("we're  I'll they'VE don't's", "we|'re| | I|'ll| they|'|VE| don|'t|'s")]
    [InlineData("a\n\n b\t\tc \n", "a|\n\n| b|\t|\t|c| \n")]
    [InlineData("x=10²; «été» 中文 ٣٤", "x|=|10²|;| «|été|»| 中文| ٣٤")]
    [InlineData("'s ''d '", "'s| ''|d| '")]
    [InlineData("   ", "   ")]
    [InlineData(" \u00A0x", " |\u00A0|x")]
    [InlineData("😀😀 e\u0301", "😀😀| e|\u0301")]
    public void Pieces_are_the_pattern_s(string text, string pieces) => Assert.Equal(pieces.Split('|'), Pieces(text));

    [Fact]
    public void It_agrees_with_the_pattern_on_drawn_texts()
    {
        string[] parts = ["a", "é", "Ω", "ß", "中", "9", "²", "Ⅷ", "٣", " ", " ", " ", "\n", "\t", "\u00A0", "\u2003", "\u3000", "'", "'", "s", "re", "ll", "D", "!", "—", "_", "\u0301", "€", "\u200D", "\u0000", "\uFEFF"];
        for (ulong trial = 0; trial < 3000; trial++)
        {
            var random = new CounterRandom(11, trial);
            string text = string.Concat(Enumerable.Range(0, 1 + (int)random.Below(24, 0)).Select(i => parts[random.Below(parts.Length, (ulong)i + 1)]));
            Assert.Equal(Published().Matches(text).Select(m => m.Value), Pieces(text));
        }
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_symbols()
    {
        byte[] bytes = [(byte)'a', 0xFF, 0xC3, (byte)' ', 0xE2, 0x82, (byte)'b'];
        var lengths = new List<int>();
        for (int at = 0; at < bytes.Length; at += lengths[^1]) lengths.Add(PreTokenizer.Next(bytes.AsSpan(at)));
        Assert.Equal([1, 2, 3, 1], lengths);
    }

    private static List<string> Pieces(string text)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        var pieces = new List<string>();
        while (rest.Length > 0)
        {
            int length = PreTokenizer.Next(rest);
            pieces.Add(Encoding.UTF8.GetString(rest[..length]));
            rest = rest[length..];
        }
        return pieces;
    }

    // .NET's \s and \p are those of the published pattern for characters of one UTF-16 unit.
    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Published();
}
