namespace MiniGrad.Plotting;

/// <summary>Draws a scene as pixels.</summary>
internal sealed class PngPainter
{
    private readonly Canvas _canvas = new((int)(Theme.Width * Theme.Scale), (int)(Theme.Height * Theme.Scale));

    private PngPainter()
    {
    }

    internal static RgbImage Paint(Scene scene)
    {
        var painter = new PngPainter();
        foreach (SceneItem item in scene.Items)
            painter.Draw(item);
        return painter._canvas.ToImage();
    }

    private void Draw(SceneItem item)
    {
        switch (item)
        {
            case RectangleItem rectangle:
                DrawRectangle(rectangle);
                break;
            case RuleItem rule:
                DrawRule(rule.From, rule.To, rule.Color);
                break;
            case PolylineItem line:
                AddPolyline(line.Dash is null ? line.Points : Dashes.Cut(line.Points, line.Dash, line.Clip), line.Width, Pixels(line.Clip));
                _canvas.Blend(line.Color, line.Opacity);
                break;
            case BandItem band:
                AddBand(band);
                _canvas.Blend(band.Color, band.Opacity);
                break;
            case TextItem text:
                DrawText(text);
                break;
        }
    }

    private void DrawRectangle(RectangleItem item)
    {
        _canvas.Mask.AddRectangle(Pixels(item.Box));
        _canvas.Blend(item.Fill);
        if (item.Stroke is { } stroke)
        {
            (Point a, Point c) = (new(item.Box.Left, item.Box.Top), new(item.Box.Right, item.Box.Bottom));
            (Point b, Point d) = (new(c.X, a.Y), new(a.X, c.Y));
            DrawRule(a, b, stroke);
            DrawRule(d, c, stroke);
            DrawRule(a, d, stroke);
            DrawRule(b, c, stroke);
        }
    }

    /// <summary>A rule covers whole pixels only, or it would look blurred beside others.</summary>
    private void DrawRule(Point from, Point to, Rgb color)
    {
        int thickness = (int)Math.Max(1, Math.Round(Theme.RuleWidth * Theme.Scale));
        int x = (int)Math.Round(from.X * Theme.Scale - thickness / 2.0), y = (int)Math.Round(from.Y * Theme.Scale - thickness / 2.0);
        bool horizontal = from.Y == to.Y;
        _canvas.Mask.AddRectangle(horizontal
            ? new(x, y, (int)Math.Round(to.X * Theme.Scale + thickness / 2.0), y + thickness)
            : new(x, y, x + thickness, (int)Math.Round(to.Y * Theme.Scale + thickness / 2.0)));
        _canvas.Blend(color);
    }

    private void AddPolyline(IReadOnlyList<Point> points, double width, PixelRange clip)
    {
        for (int i = 0; i < points.Count; i++)
        {
            bool alone = (i == 0 || points[i - 1].IsGap) && (i + 1 == points.Count || points[i + 1].IsGap);
            if (points[i].IsGap || (!alone && (i + 1 == points.Count || points[i + 1].IsGap)))
                continue;
            Point a = points[i], b = alone ? a : points[i + 1];     // a point between gaps is drawn as a dot
            _canvas.Mask.AddCapsule(Scaled(a), Scaled(b), width * Theme.Scale / 2, clip);
        }
    }

    private void AddBand(BandItem band)
    {
        PixelRange clip = Pixels(band.Clip);
        for (int i = 0; i + 1 < band.Points.Count; i++)
        {
            (BandPoint a, BandPoint b) = (band.Points[i], band.Points[i + 1]);
            if (a.IsGap || b.IsGap)
                continue;
            double left = a.X * Theme.Scale, right = b.X * Theme.Scale;
            for (int x = Math.Max(clip.Left, (int)Math.Floor(left)); x < Math.Min(clip.Right, right); x++)
            {
                double from = Math.Max(left, x), to = Math.Min(right, x + 1);
                double t = right > left ? ((from + to) / 2 - left) / (right - left) : 0;
                bool whole = i + 2 < band.Points.Count && !band.Points[i + 2].IsGap && x + 1 > right;   // the next piece fills the rest of this column
                _canvas.Mask.AddColumn(x, (a.Upper + t * (b.Upper - a.Upper)) * Theme.Scale, (a.Lower + t * (b.Lower - a.Lower)) * Theme.Scale,
                    whole ? 1 : to - from, clip);
            }
        }
    }

    private void DrawText(TextItem text)
    {
        foreach (Point[] stroke in StrokeFont.Strokes(text.Text, text.Size))
            AddPolyline(Array.ConvertAll(stroke, p => ToCanvas(text, p)), text.StrokeWidth, _canvas.Mask.Whole);
        _canvas.Blend(text.Color);
    }

    private static Point ToCanvas(TextItem text, Point p) => text.Vertical
        ? new(text.At.X - p.Y, text.At.Y - text.Start - p.X)
        : new(text.At.X + text.Start + p.X, text.At.Y - p.Y);

    private static Point Scaled(Point p) => new(p.X * Theme.Scale, p.Y * Theme.Scale);

    private PixelRange Pixels(Box box) => new PixelRange((int)Math.Floor(box.Left * Theme.Scale), (int)Math.Floor(box.Top * Theme.Scale),
        (int)Math.Ceiling(box.Right * Theme.Scale), (int)Math.Ceiling(box.Bottom * Theme.Scale)).Intersect(_canvas.Mask.Whole);
}
