namespace MiniGrad.Plotting;

/// <summary>Turns series into canvas points, keeping in each pixel column only what can be seen there.</summary>
internal static class Decimation
{
    /// <summary>The first, lowest, highest and last point of every pixel column; gaps stay gaps.</summary>
    internal static List<Point> Line(IReadOnlyList<double> x, IReadOnlyList<double> y, PlotFrame frame)
    {
        var points = new List<Point>();
        var column = new List<Point>();
        for (int i = 0; i < Math.Min(x.Count, y.Count); i++)
        {
            var point = new Point(frame.X.Place(x[i]), frame.Y.Place(y[i]));
            if (column.Count > 0 && (point.IsGap || Column(point.X) != Column(column[0].X)))
                Flush(column, points);
            if (!point.IsGap)
                column.Add(point);
            else if (points.Count > 0 && !points[^1].IsGap)
                points.Add(Point.Gap);
        }

        Flush(column, points);
        return points;
    }

    /// <summary>The band's envelope per pixel column; gaps stay gaps.</summary>
    internal static List<BandPoint> Band(Curve curve, PlotFrame frame)
    {
        var points = new List<BandPoint>();
        for (int i = 0; i < curve.X.Count; i++)
        {
            var point = new BandPoint(frame.X.Place(curve.X[i]), frame.Y.PlaceEdge(curve.High![i]), frame.Y.PlaceEdge(curve.Low![i]));
            BandPoint last = points.Count > 0 ? points[^1] : new(double.NaN, 0, 0);
            if (!point.IsGap && !last.IsGap && Column(point.X) == Column(last.X))
                points[^1] = new(last.X, Math.Min(last.Upper, point.Upper), Math.Max(last.Lower, point.Lower));
            else
                points.Add(point);
        }

        return points;
    }

    private static int Column(double x) => (int)Math.Floor(x * Theme.Scale);

    private static void Flush(List<Point> column, List<Point> points)
    {
        int low = 0, high = 0;
        for (int i = 1; i < column.Count; i++)
        {
            low = column[i].Y < column[low].Y ? i : low;
            high = column[i].Y > column[high].Y ? i : high;
        }

        int[] kept = [0, Math.Min(low, high), Math.Max(low, high), column.Count - 1];
        for (int k = 0; k < kept.Length && column.Count > 0; k++)
        {
            if (k == 0 || kept[k] != kept[k - 1])
                points.Add(column[kept[k]]);
        }

        column.Clear();
    }
}
