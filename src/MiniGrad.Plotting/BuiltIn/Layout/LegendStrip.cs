namespace MiniGrad.Plotting;

/// <summary>The one legend of a figure of several panels: a line or a few across the page above them.</summary>
internal static class LegendStrip
{
    private const double LineHeight = 18, Swatch = 24, Space = 7, Between = 20;

    /// <summary>The legend from a height down, and where it ends.</summary>
    internal static (List<SceneItem> Items, Box? Box) Draw(IEnumerable<KeyEntry> key, double top)
    {
        KeyEntry[] entries = [.. key.DistinctBy(e => (e.Text, e.Color, Dash: e.Dash is null ? "" : string.Join(' ', e.Dash), e.Marks))];
        if (entries.Length == 0)
            return ([], null);
        var items = new List<SceneItem>();
        double left = Theme.Margin, widest = Theme.Width - 2 * Theme.Margin, x = left, y = top + LineHeight / 2;
        foreach (KeyEntry entry in entries)
        {
            string text = entry.Shorten(Theme.LabelSize, widest - Swatch - Space);
            double width = Swatch + Space + TextFont.Measure(text, Theme.LabelSize);
            if (x > left && x + width > left + widest)
                (x, y) = (left, y + LineHeight);
            items.AddRange(entry.Swatch(x, y, Swatch, Theme.Canvas));
            items.Add(new TextItem(text, new(x + Swatch + Space, y + 0.35 * Theme.LabelSize), Theme.LabelSize, Theme.Ink));
            x += width + Between;
        }

        return (items, new Box(left - 2, top, left + widest + 2, y + LineHeight / 2));
    }
}
