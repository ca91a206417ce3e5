namespace MiniGrad.Plotting;

/// <summary>Draws the data of one row of a ranking.</summary>
internal static class RankingItems
{
    private const double Chevron = 4;

    internal static IEnumerable<SceneItem> Draw(RankRow row, Rgb color, double y, double height, PlotFrame frame)
    {
        Box area = frame.Area;
        double below = y + Math.Min(7, 0.34 * height);
        foreach (Point run in row.Runs.Select(v => new Point(frame.X.Place(v), below)).Where(p => !p.IsGap && area.Contains(p)))
            yield return new PolylineItem([run], Theme.RunDot, color, area.Inflate(Theme.RunDot / 2), LineRole.Run, Theme.RunDotOpacity);

        double x = frame.X.Place(row.Value), size = Math.Min(Theme.RankDot, 0.5 * height);
        if (row.Low is { } low && row.High is { } high)
        {
            double from = frame.X.Place(low), to = frame.X.Place(high);
            from = double.IsNaN(from) ? area.Left : Math.Max(from, area.Left);
            to = double.IsNaN(to) ? area.Right : Math.Min(to, area.Right);
            if (from < to)
                yield return new PolylineItem([new(from, y), new(to, y)], Theme.RankBar, color, area, LineRole.Interval);
        }

        if (double.IsNaN(x))
            yield break;
        if (x >= area.Left && x <= area.Right)
            yield return new PolylineItem([new(x, y)], size, color, area.Inflate(size / 2), LineRole.Mark);
        else
            yield return Pointer(x > area.Right ? area.Right - 3 : area.Left + 3, y, x > area.Right ? -Chevron : Chevron, color, area);
    }

    /// <summary>Points at a value that lies beyond the axis.</summary>
    private static PolylineItem Pointer(double x, double y, double back, Rgb color, Box clip) =>
        new([new(x + back, y - Chevron), new(x, y), new(x + back, y + Chevron)], 2, color, clip, LineRole.Mark);
}
