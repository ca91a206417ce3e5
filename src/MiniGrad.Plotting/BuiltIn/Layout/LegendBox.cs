namespace MiniGrad.Plotting;

/// <summary>An opaque box that names the lines.</summary>
internal static class LegendBox
{
    private const double EntryHeight = 17, Pad = 9, Swatch = 24, Space = 8, Margin = 8;

    /// <summary>The width of a legend whose texts are at most <paramref name="widestText"/> wide.</summary>
    internal static double Width(IReadOnlyList<KeyEntry> entries, double widestText) =>
        2 * Pad + Swatch + Space + Math.Min(widestText, entries.Max(e => TextFont.Measure(e.Text, Theme.LabelSize)));

    /// <summary>A place within the plot area that covers no data, or null.</summary>
    internal static Box? FindPlace(IReadOnlyList<KeyEntry> entries, Box area, IEnumerable<SceneItem> data) =>
        new OccupancyGrid(area, data).FindFree(Width(entries, 0.55 * area.Width), Height(entries), Margin);

    /// <summary>The place beside the plot area, no taller than it.</summary>
    internal static Box Beside(IReadOnlyList<KeyEntry> entries, Box area, double width) =>
        new(area.Right + Margin, area.Top, area.Right + Margin + width, area.Top + Math.Min(area.Height, Height(entries)));

    /// <summary>Draws the legend into a box, smaller if the box is too low for it.</summary>
    internal static List<SceneItem> Draw(IReadOnlyList<KeyEntry> entries, Box box)
    {
        var items = new List<SceneItem> { new RectangleItem(box, Rgb.White, Theme.LegendFrame) };
        double height = (box.Height - Pad) / entries.Count;
        double size = Theme.LabelSize * Math.Min(1, height / EntryHeight);
        for (int i = 0; i < entries.Count; i++)
        {
            KeyEntry entry = entries[i];
            double y = box.Top + Pad / 2 + (i + 0.5) * height, x = box.Left + Pad;
            items.AddRange(entry.Swatch(x, y, Swatch, box));
            x += Swatch + Space;
            items.Add(new TextItem(entry.Shorten(size, box.Right - Pad - x + 0.01), new(x, y + 0.35 * size), size, Theme.Ink));
        }

        return items;
    }

    private static double Height(IReadOnlyList<KeyEntry> entries) => entries.Count * EntryHeight + Pad;
}
