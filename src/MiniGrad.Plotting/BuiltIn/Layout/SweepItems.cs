namespace MiniGrad.Plotting;

/// <summary>Draws curves over the settings of a sweep: a line through marks, an error bar at each, single runs as dots.</summary>
internal static class SweepItems
{
    /// <summary>How far apart marks at one x stand: an error bar's caps and a little air.</summary>
    private const double Dodge = 2 * Theme.CapHalf + 1;

    /// <summary>The share of the distance between two settings that the marks of one may take up.</summary>
    private const double WidestShare = 0.5;

    internal static IEnumerable<SceneItem> Draw(Panel panel, IReadOnlyList<Rgb> colors, PlotFrame frame)
    {
        (Curve Curve, Rgb Color)[] curves = [.. panel.Curves.Zip(colors).Where(c => c.First.Marks)];
        double step = Step([.. curves.Select(c => c.Curve)], frame);
        Sweep[] sweeps = [.. curves.Select((c, i) => new Sweep(c.Curve, c.Color, frame, (i - (curves.Length - 1) / 2.0) * step))];
        return [.. sweeps.Select(s => s.Line()), .. sweeps.SelectMany(s => s.Runs()), .. sweeps.Select(s => s.Bars()).Where(b => b.Points.Count > 0), .. sweeps.SelectMany(s => s.Dots())];
    }

    /// <summary>The settings themselves, where they are few enough to be the horizontal axis's ticks; null where they are not.</summary>
    internal static double[]? Settings(Panel panel)
    {
        double[] settings = [.. panel.Curves.SelectMany(c => c.X).Distinct().Order()];
        return panel.Curves.All(c => c.Marks) && settings.Length <= 12 ? settings : null;
    }

    /// <summary>The distance between neighbours at one x: 0 where no two curves share an x, smaller where settings lie close.</summary>
    private static double Step(Curve[] curves, PlotFrame frame)
    {
        double[] all = [.. curves.SelectMany(c => c.X.Distinct())], xs = [.. all.Distinct().Order().Select(frame.X.Place).Where(double.IsFinite)];
        if (all.Length == all.Distinct().Count())
            return 0;
        double closest = xs.Zip(xs.Skip(1), (a, b) => b - a).DefaultIfEmpty(frame.Area.Width).Min();
        return Math.Min(Dodge, WidestShare * closest / curves.Length);
    }

    private sealed record Sweep(Curve Curve, Rgb Color, PlotFrame Frame, double Offset)
    {
        internal PolylineItem Line() => new([.. Enumerable.Range(0, Curve.X.Count).Select(i => At(i, Curve.Mean[i]))], Theme.BarWidth, Color, Frame.Area, LineRole.Mean,
            Dash: Curve.Dashed ? Theme.CurveDash : null);

        /// <summary>The single runs, beside the error bar if there is one.</summary>
        internal IEnumerable<PolylineItem> Runs() => Points(Curve.Runs.SelectMany(r => r.Select((y, i) => At(i, y))))
            .Select(p => p with { X = p.X + (Curve.Low is null ? 0 : Dodge / 2) })
            .Select(p => new PolylineItem([p], Theme.RunDot, Color, Frame.Area.Inflate(Theme.RunDot / 2), LineRole.Run, Theme.RunDotOpacity));

        internal PolylineItem Bars()
        {
            var points = new List<Point>();
            for (int i = 0; i < Curve.X.Count && Curve.Low is not null; i++)
            {
                (Point low, Point high) = (Edge(i, Curve.Low[i]), Edge(i, Curve.High![i]));
                if (!low.IsGap && !high.IsGap)
                    points.AddRange([low, high, Point.Gap, Shift(low, -1), Shift(low, 1), Point.Gap, Shift(high, -1), Shift(high, 1), Point.Gap]);
            }

            return new(points, Theme.BarWidth, Color, Frame.Area, LineRole.Interval);
        }

        /// <summary>The marks, each on a white ground that sets it off from lines and bars of other curves.</summary>
        internal IEnumerable<PolylineItem> Dots() => Points(Enumerable.Range(0, Curve.X.Count).Select(i => At(i, Curve.Mean[i])))
            .SelectMany(p => new[] { Dot(p, Theme.MarkSize + 1.4, Rgb.White), Dot(p, Theme.MarkSize, Color) });

        private PolylineItem Dot(Point p, double size, Rgb color) => new([p], size, color, Frame.Area.Inflate(size / 2), LineRole.Mark);

        private IEnumerable<Point> Points(IEnumerable<Point> points) => points.Where(p => !p.IsGap && Frame.Area.Contains(p));

        private Point At(int i, double y) => new(Frame.X.Place(Curve.X[i]) + Offset, Frame.Y.Place(y));

        private Point Edge(int i, double y) => double.IsFinite(y) ? new(Frame.X.Place(Curve.X[i]) + Offset, Frame.Y.PlaceEdge(y)) : Point.Gap;

        private static Point Shift(Point p, int side) => new(p.X + side * Theme.CapHalf, p.Y);
    }
}
