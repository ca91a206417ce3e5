namespace MiniGrad.Plotting;

/// <summary>Draws the data: bands at the back, then single runs, reference lines, the means, and the marks of sweeps on top.</summary>
internal static class CurveItems
{
    private const double Cross = 3.5;

    internal static List<SceneItem> Draw(Panel panel, IReadOnlyList<Rgb> colors, PlotFrame frame)
    {
        Box area = frame.Area;
        (Curve Curve, Rgb Color)[] curves = [.. panel.Curves.Zip(colors).Where(c => !c.First.Marks)];
        var items = new List<SceneItem>();
        foreach ((Curve curve, Rgb color) in curves.Where(c => c.Curve.Low is not null))
            items.Add(new BandItem(Decimation.Band(curve, frame), color, Theme.BandOpacity, area));
        foreach ((Curve curve, Rgb color) in curves)
        {
            foreach (IReadOnlyList<double> run in curve.Runs)
                items.Add(new PolylineItem(Decimation.Line(curve.X, run, frame), Theme.RunWidth, color, area, LineRole.Run, Theme.RunOpacity));
        }

        foreach ((int i, ReferenceLine line) in panel.ReferenceLines.Index())
        {
            if (area.Contains(new Point(area.Left, frame.Y.Place(line.Y))))
            {
                double y = frame.Y.Place(line.Y);
                items.Add(new PolylineItem([new(area.Left, y), new(area.Right, y)], Theme.ReferenceWidth, Theme.Reference, area, LineRole.Reference,
                    Dash: Theme.ReferenceDash(i)));
            }
        }

        Box clip = area.Inflate(Theme.MeanWidth / 2);   // a line along the area's edge shows whole
        foreach ((Curve curve, Rgb color) in curves)
        {
            items.Add(new PolylineItem(Decimation.Line(curve.X, curve.Mean, frame), Theme.MeanWidth, color, clip, LineRole.Mean,
                Dash: curve.Dashed ? Theme.CurveDash : null));
            foreach (Point end in curve.StoppedEarly().Select(i => new Point(frame.X.Place(curve.X[i.Index]), frame.Y.Place(i.Y))).Where(area.Contains))
                items.Add(CrossAt(end, color, area));
        }

        items.AddRange(SweepItems.Draw(panel, colors, frame));
        return items;
    }

    private static PolylineItem CrossAt(Point p, Rgb color, Box clip) => new(
        [new(p.X - Cross, p.Y - Cross), new(p.X + Cross, p.Y + Cross), Point.Gap, new(p.X - Cross, p.Y + Cross), new(p.X + Cross, p.Y - Cross)],
        1.6, color, clip, LineRole.Decoration);
}
