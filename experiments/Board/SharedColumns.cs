namespace MiniGrad.Experiments.Board;

/// <summary>
/// Several curves over one row of abscissae, as uPlot wants them. Where the curves have more points than can be seen, every
/// stretch of the axis keeps each curve's least and greatest value, so that no spike is lost.
/// </summary>
/// <param name="X">The abscissae, rising.</param>
/// <param name="Y">Per curve a value at each of them; NaN where it has none.</param>
internal sealed record SharedColumns(double[] X, double[][] Y)
{
    /// <summary>Joins curves.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="most">Abscissae at most; at least 2.</param>
    public static SharedColumns Of(IReadOnlyList<Points> curves, int most)
    {
        double[] union = Union(curves, most);
        return union.Length <= most ? Exactly(curves, union) : Thinned(curves, most / 2);
    }

    // All abscissae, or more than are wanted.
    private static double[] Union(IReadOnlyList<Points> curves, int most)
    {
        var all = new HashSet<double>();
        foreach (Points points in curves)
        {
            foreach (double x in points.X.Span)
            {
                all.Add(x);
                if (all.Count > most) return new double[most + 1];
            }
        }
        return [.. all.Order()];
    }

    private static SharedColumns Exactly(IReadOnlyList<Points> curves, double[] union)
    {
        double[][] columns = [.. curves.Select(_ => Empty(union.Length))];
        for (int c = 0; c < columns.Length; c++)
        {
            ReadOnlySpan<double> x = curves[c].X.Span, y = curves[c].Y.Span;
            for (int i = 0; i < x.Length; i++) columns[c][Array.BinarySearch(union, x[i])] = y[i];
        }
        return new SharedColumns(union, columns);
    }

    private static SharedColumns Thinned(IReadOnlyList<Points> curves, int stretches)
    {
        double first = double.PositiveInfinity, last = double.NegativeInfinity;
        foreach (Points points in curves)
        {
            foreach (double x in points.X.Span) (first, last) = (Math.Min(first, x), Math.Max(last, x));
        }
        double width = (last - first) / stretches;
        // Two abscissae a stretch: the earlier of least and greatest stands at the first.
        double[] union = [.. Enumerable.Range(0, 2 * stretches).Select(i => first + (((i / 2) + (i % 2 == 0 ? 0.25 : 0.75)) * width))];
        double[][] columns = [.. curves.Select(points => Thin(points, first, width, stretches))];
        int[] used = [.. Enumerable.Range(0, union.Length).Where(i => columns.Any(c => !double.IsNaN(c[i])))];
        return new SharedColumns([.. used.Select(i => union[i])], [.. columns.Select(c => used.Select(i => c[i]).ToArray())]);
    }

    private static double[] Thin(Points points, double first, double width, int stretches)
    {
        double[] column = Empty(2 * stretches);
        ReadOnlySpan<double> x = points.X.Span, y = points.Y.Span;
        for (int i = 0; i < x.Length;)
        {
            int stretch = Stretch(x[i]), least = i, greatest = i;
            for (; i < x.Length && Stretch(x[i]) == stretch; i++)
            {
                if (y[i] < y[least]) least = i;
                if (y[i] > y[greatest]) greatest = i;
            }
            column[2 * stretch] = y[Math.Min(least, greatest)];
            if (least != greatest) column[(2 * stretch) + 1] = y[Math.Max(least, greatest)];
        }
        return column;

        int Stretch(double at) => Math.Clamp((int)((at - first) / width), 0, stretches - 1);
    }

    private static double[] Empty(int length)
    {
        double[] column = new double[length];
        Array.Fill(column, double.NaN);
        return column;
    }
}
