using System.Text;

namespace MiniGrad.Data;

/// <summary>What counts as English prose, and when two paragraphs are instances of one template.</summary>
internal static class Prose
{
    /// <summary>
    /// Whether the text reads as English: at least three plain lower-case words, or one in a text that ends as a
    /// sentence does. Instruction mnemonics, C signatures and bare names are not prose.
    /// </summary>
    public static bool IsProse(ReadOnlySpan<char> text)
    {
        int words = 0;
        foreach (Range range in text.Split(' '))
        {
            ReadOnlySpan<char> word = text[range].TrimStart("(\"'").TrimEnd(".,;:?!)\"'");
            if (word.Length >= 2 && !word.ContainsAnyExceptInRange('a', 'z') && ++words == 3)
                return true;
        }

        return words > 0 && text[^1] is '.' or '?' or '!' or ':';
    }

    /// <summary>
    /// The paragraph's template: its words in lower case without articles and punctuation, where every name, and every
    /// word with a digit, an underscore or an inner capital, or with a capital inside a sentence, is <c>#</c>; a run of
    /// them is one.
    /// </summary>
    /// <param name="nameless">The paragraph with <c>#</c> in place of the names that the markup declares.</param>
    public static string Template(ReadOnlySpan<char> nameless)
    {
        var template = new StringBuilder(nameless.Length);
        bool sentenceStart = true, afterName = false;
        int i = 0;
        while (i < nameless.Length)
        {
            if (!IsWord(nameless[i]))
            {
                sentenceStart |= nameless[i] is '.' or '?' or '!' or ':';
                i++;
                continue;
            }

            int end = i + 1;
            while (end < nameless.Length && IsWord(nameless[end]))
                end++;
            ReadOnlySpan<char> word = nameless[i..end];
            i = end;

            bool lower = !word[1..].ContainsAnyExceptInRange('a', 'z');
            bool name = !lower || !(char.IsAsciiLetterLower(word[0]) || (sentenceStart && char.IsAsciiLetterUpper(word[0])));
            sentenceStart = false;
            if (name ? afterName : word is "a" or "an" or "the" or "A" or "An" or "The")
                continue;
            if (template.Length > 0)
                template.Append(' ');
            template.Append(name ? '#' : char.ToLowerInvariant(word[0]));
            if (!name)
                template.Append(word[1..]);
            afterName = name;
        }

        return template.ToString();
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '#' || c > '\u007F';
}
