using System.Globalization;

namespace MiniGrad.Experiments.Recorded;

/// <summary>What a record says, as it may be shown: at most 80 characters, none of which breaks a line or moves a cursor.</summary>
internal static class Quoted
{
    private const int Longest = 80;

    public static string Of(string text)
    {
        string plain = text.Any(IsHidden) ? string.Concat(text.Select(c => IsHidden(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString())) : text;
        return plain.Length <= Longest ? plain : $"{plain[..Longest]}…";
    }

    private static bool IsHidden(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
