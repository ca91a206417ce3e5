namespace MiniGrad.Plotting;

/// <summary>Which parts of the plot area hold data, in cells of a few units.</summary>
internal sealed class OccupancyGrid
{
    private const double Cell = 4;

    private readonly Box _area;
    private readonly int _columns, _rows;
    private readonly int[,] _marks;

    internal OccupancyGrid(Box area, IEnumerable<SceneItem> data)
    {
        _area = area;
        (_columns, _rows) = ((int)Math.Ceiling(area.Width / Cell), (int)Math.Ceiling(area.Height / Cell));
        _marks = new int[_columns + 1, _rows + 1];
        foreach (SceneItem item in data)
        {
            if (item is PolylineItem line)
                MarkPairs([.. line.Points.Select(p => new BandPoint(p.X, p.Y, p.Y))]);
            else if (item is BandItem band)
                MarkPairs(band.Points);
        }

        // From marks to counts of marks above and to the left, so that any rectangle costs four look-ups.
        for (int c = 1; c <= _columns; c++)
        {
            for (int r = 1; r <= _rows; r++)
                _marks[c, r] += _marks[c - 1, r] + _marks[c, r - 1] - _marks[c - 1, r - 1];
        }
    }

    /// <summary>Whether no data lie in the box.</summary>
    internal bool IsFree(Box box)
    {
        int left = Column(box.Left), right = Column(box.Right) + 1, top = Row(box.Top), bottom = Row(box.Bottom) + 1;
        return _marks[right, bottom] - _marks[left, bottom] - _marks[right, top] + _marks[left, top] == 0;
    }

    /// <summary>The free place for a box that is nearest to a corner of the area (upper right first), or null.</summary>
    internal Box? FindFree(double width, double height, double margin)
    {
        (Box Box, double Cost)? best = null;
        Box inner = _area.Inflate(-margin);
        for (double top = inner.Top; top + height <= inner.Bottom; top += Cell)
        {
            for (double left = inner.Right - width; left >= inner.Left; left -= Cell)
            {
                var box = new Box(left, top, left + width, top + height);
                double toRight = inner.Right - box.Right, toLeft = box.Left - inner.Left + 6;
                double cost = Math.Min(toRight, toLeft) + Math.Min(box.Top - inner.Top, inner.Bottom - box.Bottom + 12);
                if ((best is null || cost < best.Value.Cost) && IsFree(box.Inflate(margin)))
                    best = (box, cost);
            }
        }

        return best?.Box;
    }

    private int Column(double x) => (int)Math.Clamp((x - _area.Left) / Cell, 0, _columns - 1);

    private int Row(double y) => (int)Math.Clamp((y - _area.Top) / Cell, 0, _rows - 1);

    private void MarkPairs(IReadOnlyList<BandPoint> points)
    {
        for (int i = 0; i < points.Count; i++)
        {
            BandPoint a = points[i], b = i + 1 < points.Count && !points[i + 1].IsGap ? points[i + 1] : a;
            if (a.IsGap)
                continue;
            for (int c = Column(a.X); c <= Column(b.X); c++)
            {
                BandPoint from = At(a, b, _area.Left + c * Cell), to = At(a, b, _area.Left + (c + 1) * Cell);
                double top = Math.Min(from.Upper, to.Upper), bottom = Math.Max(from.Lower, to.Lower);
                if (bottom < _area.Top || top > _area.Bottom)
                    continue;
                for (int r = Row(top); r <= Row(bottom); r++)
                    _marks[c + 1, r + 1] = 1;
            }
        }
    }

    private static BandPoint At(BandPoint a, BandPoint b, double x)
    {
        double t = b.X > a.X ? Math.Clamp((x - a.X) / (b.X - a.X), 0, 1) : x > a.X ? 1 : 0;
        return new(x, a.Upper + t * (b.Upper - a.Upper), a.Lower + t * (b.Lower - a.Lower));
    }
}
