namespace MiniGrad.Plotting;

/// <summary>A panel of curves: bands at the back, then single runs, reference lines and the means, with the marks of sweeps on top.</summary>
internal sealed class CurvePlot(Panel panel, IReadOnlyList<Rgb> colors) : PanelPlot(panel, AxisRange.OfX(panel), AxisRange.OfY(panel))
{
    private const float TickSpacingX = 110, TickSpacingY = 56, MostSettings = 12;

    /// <summary>The vertical axis's label with its scale.</summary>
    internal string ScaledYLabel => Panel.YLabel + Scale(Panel.YScale);
    internal static float Width(Curve curve) => curve.Behind ? Theme.MeanWidth / 2 : curve.Marks ? Theme.BarWidth : Theme.MeanWidth;
    internal static double Opacity(Curve curve) => curve.Behind ? Theme.RunOpacity : 1;
    internal static LinePattern Dash(Curve curve) => curve.Dashed ? Theme.CurveDash : LinePattern.Solid;
    internal override IEnumerable<KeyEntry> Key(Func<string, LinePattern> dashes, bool values) => KeyEntry.Of(this, colors, dashes, values);

    protected override void AddData(float width, float height, Func<string, LinePattern> dashes)
    {
        double[] settings = [.. Panel.Curves.SelectMany(c => c.X).Distinct().Order()];
        Plot.Axes.Bottom.TickGenerator = new AxisTicks(Panel.XScale, Math.Clamp(width / 6, 70, TickSpacingX), Panel.Curves.All(c => c.Marks) && settings.Length <= MostSettings ? settings : null);
        Plot.Axes.Left.TickGenerator = new AxisTicks(Panel.YScale, Math.Clamp(height / 6, 1.6f * Theme.TickSize, TickSpacingY));
        Plot.Grid.XAxisStyle.IsVisible = false;
        (Curve Curve, Color Color)[] all = [.. Panel.Curves.Zip(colors, (c, rgb) => (c, rgb.ToColor(Opacity(c)))).OrderByDescending(c => c.c.Behind)], lines = [.. all.Where(c => !c.Curve.Marks)];
        foreach ((Curve curve, Color color) in lines.Where(c => c.Curve.Low is not null)) AddBand(curve, color);
        foreach ((Color color, Coordinates[] run) in lines.SelectMany(c => c.Curve.Runs.Select(run => (c.Color, Points(c.Curve.X, run))))) AddLine(run, color.WithAlpha(Theme.RunOpacity), Theme.RunWidth, LinePattern.Solid);
        foreach ((string label, double y) in Panel.ReferenceLines.Select(l => (l.Label, AxisRange.To(Panel.YScale, l.Y))).Where(l => Y.Contains(l.Item2)))
            Plot.Add.HorizontalLine(y, Theme.ReferenceWidth, Theme.Reference, dashes(label));
        foreach ((Curve curve, Color color) in lines)
        {
            AddLine(Points(curve.X, curve.Mean), color, Width(curve), Dash(curve));
            foreach ((int index, double y) in curve.StoppedEarly()) Plot.Add.Marker(At(curve.X[index], y), MarkerShape.Eks, 16, color).MarkerStyle.LineWidth = 3.2f;
        }
        AddSweeps([.. all.Where(c => c.Curve.Marks)], X.Span / width);
    }

    /// <summary>Sweeps: marks of several curves at one x stand side by side, each with its error bar, single runs as dots beside it.</summary>
    private void AddSweeps((Curve Curve, Color Color)[] curves, double pixel)
    {
        double step = SideStep([.. curves.Select(c => c.Curve)], pixel);
        foreach ((int i, (Curve curve, Color color)) in curves.Index())
        {
            double side = (i - (curves.Length - 1) / 2.0) * step, beside = curve.Low is null ? 0 : (Theme.Cap + 2) * pixel;
            Coordinates Moved(double x, double y, double by) => At(x, y) is var p ? new(p.X + by, p.Y) : default;
            Coordinates[] means = [.. curve.X.Zip(curve.Mean, (x, y) => Moved(x, y, side))];
            AddLine(means, color, Width(curve), Dash(curve));
            Coordinates[] runs = [.. curve.Runs.SelectMany(r => curve.X.Zip(r, (x, y) => Moved(x, y, side + beside))).Where(p => Y.Contains(p.Y))];
            if (runs.Length > 0) Plot.Add.Markers(runs, MarkerShape.FilledCircle, Theme.RunDot, color.WithAlpha(Theme.RunDotOpacity));
            (Coordinates At, double Low, double High)[] bars = curve.Low is null ? [] : [.. means.Select((p, k) => (p, Edge(curve.Low[k]), Edge(curve.High![k]))).Where(b => double.IsFinite(b.p.Y + b.Item2 + b.Item3))];
            if (bars.Length > 0)
            {
                double[] xs = [.. bars.Select(b => b.At.X)], ys = [.. bars.Select(b => b.At.Y)], down = [.. bars.Select(b => b.At.Y - b.Low)], up = [.. bars.Select(b => b.High - b.At.Y)];
                Plot.Add.Plottable(new ErrorBar(xs, ys, null, null, up, down) { Color = color, LineWidth = Theme.BarWidth, CapSize = Theme.Cap });
            }
            foreach (Coordinates p in means.Where(p => double.IsFinite(p.Y))) AddMark(p, color);
        }
    }

    /// <summary>A mark with a white rim; of a value beyond the axis a pointer at its edge.</summary>
    private void AddMark(Coordinates p, Color color)
    {
        MarkerShape shape = Y.Contains(p.Y) ? MarkerShape.FilledCircle : p.Y > Y.High ? MarkerShape.FilledTriangleUp : MarkerShape.FilledTriangleDown;
        double inset = shape == MarkerShape.FilledCircle ? 0 : 0.025 * Y.Span;
        Marker mark = Plot.Add.Marker(new Coordinates(p.X, Math.Clamp(p.Y, Y.Low + inset, Y.High - inset)), shape, Theme.MarkSize, color);
        (mark.MarkerStyle.OutlineColor, mark.MarkerStyle.OutlineWidth) = (Colors.White, 1.4f);
    }

    /// <summary>The distance between neighbours at one x: 0 where no two curves share an x, smaller where settings lie close.</summary>
    private double SideStep(Curve[] curves, double pixel)
    {
        double[] all = [.. curves.SelectMany(c => c.X.Distinct())], places = [.. all.Distinct().Order().Select(x => AxisRange.To(Panel.XScale, x)).Where(double.IsFinite)];
        double closest = places.Zip(places.Skip(1), (a, b) => b - a).DefaultIfEmpty(X.Span).Min();
        return all.Length == places.Length ? 0 : Math.Min((2 * Theme.Cap + 2) * pixel, 0.5 * closest / curves.Length);
    }

    /// <summary>A band with gaps.</summary>
    private void AddBand(Curve curve, Color color)
    {
        (double X, double Low, double High)[] points = [.. curve.X.Select((x, i) => (AxisRange.To(Panel.XScale, x), Edge(curve.Low![i]), Edge(curve.High![i])))];
        for (int from = 0; from < points.Length;)
        {
            var piece = points.Skip(from).TakeWhile(p => double.IsFinite(p.X + p.Low + p.High)).ToList();
            from += piece.Count + 1;
            if (piece.Count < 2) continue;
            FillY band = Plot.Add.FillY([.. piece.Select(p => p.X)], [.. piece.Select(p => p.Low)], [.. piece.Select(p => p.High)]);
            (band.FillColor, band.LineWidth, band.MarkerSize) = (color.WithAlpha(Theme.BandOpacity), 0, 0);
        }
    }

    /// <summary>A line with gaps; a point between gaps is a dot.</summary>
    private void AddLine(Coordinates[] points, Color color, float width, LinePattern pattern)
    {
        bool IsThere(int i) => i >= 0 && i < points.Length && double.IsFinite(points[i].X + points[i].Y);
        Scatter line = Plot.Add.ScatterLine(points, color);
        (line.LineWidth, line.LinePattern) = (width, pattern);
        foreach (int i in Enumerable.Range(0, points.Length).Where(i => IsThere(i) && !IsThere(i - 1) && !IsThere(i + 1))) Plot.Add.Marker(points[i], MarkerShape.FilledCircle, 2.5f * width, color);
    }

    private Coordinates[] Points(IReadOnlyList<double> x, IReadOnlyList<double> y) => [.. x.Zip(y, At)];
    private Coordinates At(double x, double y) => new(AxisRange.To(Panel.XScale, x), AxisRange.To(Panel.YScale, y));

    /// <summary>An edge of a band, which below 0 on a logarithmic axis lies below everything.</summary>
    private double Edge(double y) => Panel.YScale == AxisScale.Logarithmic && y <= 0 ? Y.Low - Y.Span : AxisRange.To(Panel.YScale, y);
}
