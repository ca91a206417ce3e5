namespace MiniGrad.Optim;

/// <summary>Finds what a misspelt name was meant to be.</summary>
public static class NearestName
{
    /// <summary>The known name at the smallest edit distance, if that is at most max(2, a third of the name's length).</summary>
    /// <param name="name">What was written.</param>
    /// <param name="known">The names there are.</param>
    public static string? Of(string name, IEnumerable<string> known)
    {
        string? nearest = null;
        int best = Math.Max(2, name.Length / 3) + 1;
        foreach (string candidate in known)
        {
            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < best) (best, nearest) = (distance, candidate);
        }
        return nearest;
    }

    private const int FewNames = 12;

    /// <summary>An error line: what is unknown and the nearest known name; where none is near and they are few, all of them.</summary>
    /// <param name="what">What kind of name it is, such as <c>preset</c>.</param>
    /// <param name="name">What was written.</param>
    /// <param name="known">The names there are.</param>
    public static string Message(string what, string name, IEnumerable<string> known)
    {
        string[] names = [.. known];
        string? nearest = Of(name, names) ?? names.FirstOrDefault(known => name.Length >= 3 && known.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        string hint = nearest is not null ? $"; did you mean '{nearest}'?" : names.Length <= FewNames ? $"; expected {string.Join(", ", names)}" : "";
        return $"unknown {what} '{name}'{hint}";
    }

    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) previous[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
            }
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}
