namespace MiniGrad.Plotting;

/// <summary>Names the lines where they end, in a column right of the plot area.</summary>
internal static class EndLabels
{
    private const double LineHeight = 16, Leader = 18, Pad = 5, WidestText = 215;

    private const double FarthestShift = 4.5 * LineHeight;

    /// <summary>The width of the column, or null if a name is too long for it.</summary>
    internal static double? ColumnWidth(IReadOnlyList<KeyEntry> entries)
    {
        double widest = entries.Max(e => TextFont.Measure(e.Text, Theme.LabelSize));
        return widest <= WidestText ? Leader + Pad + widest : null;
    }

    /// <summary>
    /// The labels with a leader line each, moved apart where the lines end close together; null where a line ends before the
    /// right edge or a label would have to move so far that a legend is clearer.
    /// </summary>
    internal static List<SceneItem>? Place(IReadOnlyList<KeyEntry> entries, PlotFrame frame)
    {
        Box area = frame.Area;
        if (entries.Any(e => !IsAtTheEdge(frame.X.Place(e.EndX))) || entries.Count * LineHeight > area.Height)
            return null;
        (KeyEntry Entry, double Y)[] ends = [.. entries.Select(e => (e, Height(e))).OrderBy(e => e.Item2)];
        double[] places = Spread([.. ends.Select(e => e.Y)], LineHeight, area.Top + LineHeight / 2, area.Bottom - LineHeight / 2);
        if (ends.Zip(places).Any(p => Math.Abs(p.First.Y - p.Second) > FarthestShift))
            return null;

        var items = new List<SceneItem>();
        foreach (((KeyEntry entry, double y), double place) in ends.Zip(places))
        {
            Point[] leader = [new(area.Right + 3, y), new(area.Right + Leader, place)];
            items.Add(new PolylineItem(leader, 1, entry.Color, Theme.Canvas, LineRole.Decoration));
            items.Add(new TextItem(entry.Text, new(area.Right + Leader + Pad, place + 0.35 * Theme.LabelSize), Theme.LabelSize,
                entry.Color.ForText(), Weight: Theme.Medium));
        }

        return items;

        // A sweep's last marks stand a little before the edge; beyond it a line's end is not what is seen there.
        bool IsAtTheEdge(double x) => x > area.Right - 10 - 0.05 * area.Width && x < area.Right + 1;

        double Height(KeyEntry e)
        {
            double y = frame.Y.Place(e.EndY);
            return double.IsNaN(y) ? area.Bottom : Math.Clamp(y, area.Top, area.Bottom);
        }
    }

    /// <summary>
    /// The ascending places nearest to the ascending targets in least squares that keep a spacing and stay within [low, high]:
    /// without i·spacing this is isotonic regression, solved by pooling neighbours that are out of order.
    /// </summary>
    internal static double[] Spread(double[] targets, double spacing, double low, double high)
    {
        var pools = new Stack<(double Sum, int Count)>();
        for (int i = 0; i < targets.Length; i++)
        {
            (double sum, int count) = (targets[i] - i * spacing, 1);
            while (pools.TryPeek(out (double Sum, int Count) above) && above.Sum / above.Count >= sum / count)
            {
                pools.Pop();
                (sum, count) = (sum + above.Sum, count + above.Count);
            }

            pools.Push((sum, count));
        }

        double highest = Math.Max(low, high - (targets.Length - 1) * spacing);
        IEnumerable<double> means = pools.Reverse().SelectMany(p => Enumerable.Repeat(p.Sum / p.Count, p.Count));
        return [.. means.Select((m, i) => Math.Clamp(m, low, highest) + i * spacing)];
    }
}
