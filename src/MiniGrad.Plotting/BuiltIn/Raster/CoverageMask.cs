namespace MiniGrad.Plotting;

/// <summary>
/// How much of each pixel a shape covers, from 0 to 1. A whole polyline goes into one mask and is blended once, so it has no darker
/// joints where its segments overlap.
/// </summary>
internal sealed class CoverageMask(int width, int height)
{
    private readonly float[] _coverage = new float[width * height];
    private PixelRange _touched = PixelRange.Empty;

    internal PixelRange Whole { get; } = new(0, 0, width, height);

    /// <summary>A line of half width <paramref name="half"/> with round ends, in pixels; coverage falls off over one pixel at its rim.</summary>
    internal void AddCapsule(Point a, Point b, double half, PixelRange clip)
    {
        double dx = b.X - a.X, dy = b.Y - a.Y, lengthSquared = dx * dx + dy * dy, reach = half + 1, most = Math.Min(1, 2 * half);
        int top = Math.Max(clip.Top, Floor(Math.Min(a.Y, b.Y) - reach)), bottom = Math.Min(clip.Bottom, Floor(Math.Max(a.Y, b.Y) + reach) + 1);
        for (int y = top; y < bottom; y++)
        {
            (double from, double to) = RowSpan(a, b, y + 0.5, reach);
            int left = Math.Max(clip.Left, Floor(from)), right = Math.Min(clip.Right, Floor(to) + 1);
            for (int x = left; x < right; x++)
            {
                double px = x + 0.5 - a.X, py = y + 0.5 - a.Y;
                double t = lengthSquared > 0 ? Math.Clamp((px * dx + py * dy) / lengthSquared, 0, 1) : 0;
                double ex = px - t * dx, ey = py - t * dy;
                Raise(x, y, Math.Clamp(half + 0.5 - Math.Sqrt(ex * ex + ey * ey), 0, most));
            }
        }
    }

    /// <summary>A column of the pixel grid between two heights, with exact coverage; <paramref name="share"/> is how much of the column's width counts.</summary>
    internal void AddColumn(int x, double top, double bottom, double share, PixelRange clip)
    {
        if (x < clip.Left || x >= clip.Right)
            return;
        (top, bottom) = (Math.Max(top, clip.Top), Math.Min(bottom, clip.Bottom));
        for (int y = Math.Max(clip.Top, Floor(top)); y < Math.Min(clip.Bottom, bottom); y++)
            Raise(x, y, share * (Math.Min(bottom, y + 1) - Math.Max(top, y)));
    }

    internal void AddRectangle(PixelRange range)
    {
        range = range.Intersect(Whole);
        for (int y = range.Top; y < range.Bottom; y++)
        {
            for (int x = range.Left; x < range.Right; x++)
                Raise(x, y, 1);
        }
    }

    /// <summary>Hands every covered pixel's index and coverage on, and empties the mask.</summary>
    internal void Drain(Action<int, float> use)
    {
        for (int y = _touched.Top; y < _touched.Bottom; y++)
        {
            for (int i = y * width + _touched.Left; i < y * width + _touched.Right; i++)
            {
                if (_coverage[i] > 0)
                    use(i, _coverage[i]);
                _coverage[i] = 0;
            }
        }

        _touched = PixelRange.Empty;
    }

    /// <summary>The part of a row that a capsule can reach: that of the segment within reach of the row, widened by the reach.</summary>
    private static (double From, double To) RowSpan(Point a, Point b, double y, double reach)
    {
        double dx = b.X - a.X, dy = b.Y - a.Y, t0 = 0, t1 = 1;
        if (Math.Abs(dy) > 1e-9)
        {
            double u = (y - reach - a.Y) / dy, v = (y + reach - a.Y) / dy;
            (t0, t1) = (Math.Clamp(Math.Min(u, v), 0, 1), Math.Clamp(Math.Max(u, v), 0, 1));
        }

        double from = a.X + t0 * dx, to = a.X + t1 * dx;
        return (Math.Min(from, to) - reach, Math.Max(from, to) + reach);
    }

    private static int Floor(double v) => (int)Math.Floor(Math.Clamp(v, -1e6, 1e6));

    private void Raise(int x, int y, double coverage)
    {
        if (coverage <= 0)
            return;
        int i = y * width + x;
        if (coverage > _coverage[i])
            _coverage[i] = (float)coverage;
        _touched = _touched.Include(x, y);
    }
}

/// <summary>A half-open range of pixels.</summary>
internal readonly record struct PixelRange(int Left, int Top, int Right, int Bottom)
{
    internal static PixelRange Empty => new(int.MaxValue, int.MaxValue, int.MinValue, int.MinValue);

    internal PixelRange Include(int x, int y) => new(Math.Min(Left, x), Math.Min(Top, y), Math.Max(Right, x + 1), Math.Max(Bottom, y + 1));

    internal PixelRange Intersect(PixelRange other) =>
        new(Math.Max(Left, other.Left), Math.Max(Top, other.Top), Math.Min(Right, other.Right), Math.Min(Bottom, other.Bottom));
}
