namespace MiniGrad.Plotting;

/// <summary>Fits texts into widths.</summary>
internal static class TextFit
{
    private const string Ellipsis = "…";

    /// <summary>The text, or as much of it as fits with an ellipsis after it.</summary>
    internal static string Shorten(string text, double size, double width)
    {
        if (TextFont.Measure(text, size) <= width)
            return text;
        int length = text.Length;
        while (length > 0 && TextFont.Measure(text[..length].TrimEnd() + Ellipsis, size) > width)
            length--;
        return text[..length].TrimEnd() + Ellipsis;
    }

    /// <summary>The text in lines no wider than <paramref name="width"/>, the last one shortened if there are too many.</summary>
    internal static List<string> Wrap(string text, double size, double width, int maxLines)
    {
        var lines = new List<string>();
        string line = "";
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            string longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && (lines.Count + 1 < maxLines) && TextFont.Measure(longer, size) > width)
            {
                lines.Add(Shorten(line, size, width));
                longer = word;
            }

            line = longer;
        }

        if (line.Length > 0)
            lines.Add(Shorten(line, size, width));
        return lines;
    }

    /// <summary>The largest size, from <paramref name="size"/> down to <paramref name="smallest"/>, at which the text needs at most that many lines.</summary>
    internal static double SizeFor(string text, double size, double smallest, double width, int maxLines)
    {
        while (size > smallest && (Wrap(text, size, width, maxLines + 1).Count > maxLines || LongestWord(text, size) > width))
            size -= 0.25;
        return Math.Max(size, smallest);
    }

    private static double LongestWord(string text, double size) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => TextFont.Measure(w, size)).DefaultIfEmpty().Max();
}
