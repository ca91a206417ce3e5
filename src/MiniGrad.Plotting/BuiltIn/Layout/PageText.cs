namespace MiniGrad.Plotting;

/// <summary>The texts around the plot: title and finding above it, caption below it.</summary>
internal static class PageText
{
    private const double LineHeight = 1.38;

    private const double TextWidth = Theme.Width - 2.5 * Theme.Margin;

    /// <summary>Title and subtitle from the top margin down, and where they end.</summary>
    internal static (List<SceneItem> Items, double Bottom) Header(Figure figure)
    {
        var items = new List<SceneItem>();
        double y = AddBlock(items, figure.Title, Theme.Margin - 2, Theme.TitleSize, 14, 2, Theme.Ink, Theme.Medium);
        return (items, AddBlock(items, figure.Subtitle, y, Theme.SubtitleSize, 11, 2, Theme.Ink, Theme.Bold));
    }

    /// <summary>The caption up from the bottom margin, and where it begins.</summary>
    internal static (List<SceneItem> Items, double Top) Caption(string? caption)
    {
        var items = new List<SceneItem>();
        double end = AddBlock(items, caption, 0, Theme.CaptionSize, 9, 4, Theme.Muted, Theme.Regular);
        double top = Theme.Height - Theme.Margin + 3 - end;
        return ([.. items.Cast<TextItem>().Select(t => t with { At = new(t.At.X, t.At.Y + top) })], top);
    }

    /// <summary>Adds a text in at most <paramref name="maxLines"/> lines, smaller if it must be; returns the y below it.</summary>
    private static double AddBlock(List<SceneItem> items, string? text, double y, double size, double smallest, int maxLines, Rgb color, double weight)
    {
        if (string.IsNullOrWhiteSpace(text))
            return y;
        size = TextFit.SizeFor(text, size, smallest, TextWidth, maxLines);
        foreach (string line in TextFit.Wrap(text, size, TextWidth, maxLines))
        {
            y += size * LineHeight;
            items.Add(new TextItem(line, new(Theme.Margin, y - 0.38 * size), size, color, Weight: weight));
        }

        return y;
    }
}
