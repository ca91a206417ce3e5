using System.IO.Enumeration;

namespace MiniGrad.Optim;

/// <summary>Matches parameter names against patterns in which <c>*</c> stands for any characters and <c>?</c> for one.</summary>
internal static class NamePattern
{
    /// <summary>Whether one of the patterns matches the whole name.</summary>
    public static bool AnyMatches(ReadOnlySpan<string> patterns, string name)
    {
        foreach (string pattern in patterns)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)) return true;
        }
        return false;
    }

    /// <summary>Refuses a pattern that matches no name.</summary>
    /// <param name="key">The option, such as <c>routing.exclude</c>.</param>
    /// <param name="patterns">Its patterns.</param>
    /// <param name="names">All names.</param>
    /// <exception cref="ArgumentException">A pattern matches nothing; the message has the nearest name.</exception>
    public static void Check(string key, ReadOnlySpan<string> patterns, List<string> names)
    {
        foreach (string pattern in patterns)
        {
            if (names.Any(name => AnyMatches([pattern], name))) continue;
            string letters = pattern.Replace("*", "", StringComparison.Ordinal).Replace("?", "", StringComparison.Ordinal);
            // The nearest name; failing that, one of which the pattern's letters are nearly a part.
            string? nearest = NearestName.Of(pattern, names) ?? NearestName.Of(letters, names) ?? NearestPart(letters, names);
            string meant = nearest is null ? $"names are like '{(names.Count > 0 ? names[0] : "")}'" : $"did you mean '{nearest}'?";
            throw new ArgumentException($"{key} '{pattern}' matches no parameter; {meant}");
        }
    }

    private static string? NearestPart(string letters, List<string> names)
    {
        if (letters.Length == 0) return null;
        foreach (string name in names)
        {
            for (int start = 0; start + letters.Length <= name.Length; start++)
            {
                string part = name.Substring(start, letters.Length);
                if (NearestName.Of(letters, [part]) is not null) return name;
            }
        }
        return null;
    }
}
