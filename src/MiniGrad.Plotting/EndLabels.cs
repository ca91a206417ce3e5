namespace MiniGrad.Plotting;

/// <summary>Names curves and lines where they end, right of the data area, each with a leader; labels that would touch move apart.</summary>
internal sealed class EndLabels : PanelBase
{
    private const float LineHeight = 31, Leader = 34, Gap = 10, Widest = 430, Height = 0.6f * Theme.Height;
    private readonly IReadOnlyList<KeyEntry> _entries;

    internal EndLabels(IReadOnlyList<KeyEntry> entries) => (Edge, _entries) = (Edge.Right, entries);

    /// <summary>Whether names at the ends are clearer than a legend: they are short and few, and every curve ends at the right edge.</summary>
    internal static bool Suit(IReadOnlyList<KeyEntry> entries, AxisRange x, AxisRange y)
    {
        if (entries.Count * LineHeight > Height || entries.Any(e => !(e.EndX >= x.Low + 0.93 * x.Span) || FigureFont.Measure(e.Text, Theme.LabelSize) > Widest)) return false;
        double[] ends = [.. entries.Select(e => Height * (1 - (y.Clamp(e.EndY) - y.Low) / y.Span)).Order()];
        return ends.Zip(Spread(ends, LineHeight, LineHeight / 2, Height - LineHeight / 2)).All(p => Math.Abs(p.First - p.Second) < 4.5 * LineHeight);
    }

    public override float Measure(Paint paint) => Leader + Gap + _entries.Max(e => FigureFont.Measure(e.Text, Theme.LabelSize));

    public override void Render(RenderPack rp, float size, float offset)
    {
        PixelRect area = rp.DataRect;
        (KeyEntry Entry, double Y)[] ends = [.. _entries.Select(e => (e, (double)Math.Clamp(rp.Plot.Axes.Left.GetPixel(e.EndY, area), area.Top, area.Bottom))).OrderBy(e => e.Item2)];
        double[] places = Spread([.. ends.Select(e => e.Y)], LineHeight, area.Top + LineHeight / 2, area.Bottom - LineHeight / 2);
        foreach (((KeyEntry entry, double y), double place) in ends.Zip(places))
        {
            var to = new Pixel(area.Right + Leader, place);
            Drawing.DrawLine(rp.Canvas, rp.Paint, new Pixel(area.Right + 6, y), to, new LineStyle { Color = entry.Color.ToColor(), Width = 2, AntiAlias = true });
            FigureFont.Style(Theme.LabelSize, entry.Color.ForText().ToColor(), alignment: Alignment.MiddleLeft).Render(rp.Canvas, new Pixel(to.X + Gap, to.Y), rp.Paint, entry.Text);
        }
    }

    /// <summary>The ascending places nearest to ascending targets that keep a spacing within [low, high]: without i·spacing isotonic regression, solved by pooling.</summary>
    internal static double[] Spread(double[] targets, double spacing, double low, double high)
    {
        var pools = new Stack<(double Sum, int Count)>();
        foreach ((int i, double target) in targets.Index())
        {
            (double sum, int count) = (target - i * spacing, 1);
            while (pools.TryPeek(out (double Sum, int Count) above) && above.Sum / above.Count >= sum / count) (sum, count) = (sum + above.Sum, count + pools.Pop().Count);
            pools.Push((sum, count));
        }
        double highest = Math.Max(low, high - (targets.Length - 1) * spacing);
        return [.. pools.Reverse().SelectMany(p => Enumerable.Repeat(p.Sum / p.Count, p.Count)).Select((mean, i) => Math.Clamp(mean, low, highest) + i * spacing)];
    }
}
