using System.Globalization;
using System.Text.RegularExpressions;

namespace MiniGrad.Experiments;

/// <summary>Text of others, from a file or a command line, as it may be shown: nothing in it moves a cursor, breaks a line or fills a screen.</summary>
internal static partial class Shown
{
    // The most characters of something given that an error quotes.
    private const int Longest = 80;

    private const int LongestError = 900;

    /// <summary>A text on one line: characters that would not be seen as themselves become escapes.</summary>
    public static string OneLine(string text) => text.Any(IsHidden) ? string.Concat(text.Select(c => IsHidden(c) ? Escape(c) : c.ToString())) : text;

    /// <summary>What an error quotes of something given: one line, and where it is long, its beginning and its end, by which a path is known.</summary>
    public static string Quote(string text)
    {
        string line = OneLine(text);
        if (line.Length <= Longest) return line;
        int begin = 24, end = Longest - begin - 1;
        return $"{line[..begin]}…{line[^end..]}";
    }

    /// <summary>An error as it is shown: on one line, what it quotes cut short.</summary>
    /// <param name="message">The error.</param>
    /// <param name="words">The command line's words.</param>
    public static string Error(string message, IEnumerable<string> words)
    {
        // A word of the command line may hold spaces; of anything else, what has none is one thing that was given.
        foreach (string word in words.SelectMany(w => (string[])[w, w[(w.IndexOf('=', StringComparison.Ordinal) + 1)..]]).Where(IsLong).OrderByDescending(w => w.Length))
        {
            message = message.Replace(word, Quote(word), StringComparison.Ordinal);
        }
        message = LongPiece().Replace(OneLine(message.ReplaceLineEndings(" ")), piece => IsLong(piece.Value) ? Quote(piece.Value) : piece.Value);
        return message.Length <= LongestError ? message : $"{message[..LongestError]}…";
    }

    // Whoever is told of a path wants to go there.
    private static bool IsLong(string text) => text.Length > Longest && !Path.Exists(text.TrimEnd(':', ';', ',', '.'));

    [GeneratedRegex(@"[^\s'""]{81,}")]
    private static partial Regex LongPiece();

    /// <summary>Whether a character is not seen as itself: controls, line and paragraph separators, and formats, which turn the order of reading around.</summary>
    public static bool IsHidden(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>Such a character as an escape.</summary>
    public static string Escape(char c) => c switch
    {
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        < '\u0100' => string.Create(CultureInfo.InvariantCulture, $@"\x{(int)c:x2}"),
        _ => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)c:x4}"),
    };
}
