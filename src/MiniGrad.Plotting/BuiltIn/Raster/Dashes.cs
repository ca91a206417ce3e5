namespace MiniGrad.Plotting;

/// <summary>Cuts lines into dashes.</summary>
internal static class Dashes
{
    /// <summary>The dashes of a line as pieces separated by gaps. The pattern (on, off, on, …) runs on through corners; only what can meet the clip is cut.</summary>
    internal static List<Point> Cut(IReadOnlyList<Point> points, double[] pattern, Box clip)
    {
        var pieces = new List<Point>();
        double period = pattern.Sum(), position = 0;
        for (int i = 0; i + 1 < points.Count; i++)
        {
            (Point a, Point b) = (points[i], points[i + 1]);
            double length = Math.Sqrt((b.X - a.X) * (b.X - a.X) + (b.Y - a.Y) * (b.Y - a.Y));
            if (double.IsFinite(length) && length > 0)
            {
                if (Math.Max(a.Y, b.Y) >= clip.Top && Math.Min(a.Y, b.Y) <= clip.Bottom)
                    CutSegment(a, b, length, pattern, position % period, pieces);
                position += length;
            }
        }

        return pieces;
    }

    private static void CutSegment(Point a, Point b, double length, double[] pattern, double phase, List<Point> pieces)
    {
        (int k, double start) = (0, -phase);
        while (start < length)
        {
            double end = start + pattern[k];
            if (k % 2 == 0 && end > 0)
            {
                pieces.Add(At(Math.Max(0, start)));
                pieces.Add(At(Math.Min(length, end)));
                pieces.Add(Point.Gap);
            }

            (k, start) = ((k + 1) % pattern.Length, end);
        }

        Point At(double along) => new(a.X + (b.X - a.X) * along / length, a.Y + (b.Y - a.Y) * along / length);
    }
}
