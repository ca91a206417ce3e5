using SkiaSharp;
using SP = ScottPlot;

namespace MiniGrad.Plotting;

/// <summary>
/// Draws figures with ScottPlot. The plot's coordinates are the
/// layout's own (y turned upwards), so logarithmic axes and ticks need nothing from ScottPlot, whose axes are linear. Each panel is a
/// plot of its own on one canvas. SVG has a painter of its own, whose texts stay texts.
/// </summary>
public static class FigureRenderer
{
    private const int PixelWidth = (int)(Theme.Width * Theme.Scale), PixelHeight = (int)(Theme.Height * Theme.Scale);

    /// <summary>Draws a figure to <c>PATH.png</c> for pages and to <c>PATH.svg</c> for papers; the path of the PNG is returned.</summary>
    public static string RenderBoth(Figure figure, string pathWithoutExtension)
    {
        Render(figure, pathWithoutExtension + ".svg");
        Render(figure, pathWithoutExtension + ".png");
        return pathWithoutExtension + ".png";
    }

    /// <summary>Draws a figure to a file, 1600×900 pixels, replacing it if it exists; missing folders are made.</summary>
    public static void Render(Figure figure, string path)
    {
        FigureFormat format = FigureFile.Format(path);
        Scene scene = FigureLayout.Compose(figure);
        if (format == FigureFormat.Svg)
        {
            FigureFile.Write(path, SvgPainter.Paint(scene));
            return;
        }

        using SKSurface surface = SKSurface.Create(new SKImageInfo(PixelWidth, PixelHeight));
        surface.Canvas.Clear(SKColors.White);
        using var layer = new SKPaint { BlendMode = SKBlendMode.Multiply };
        for (int i = 0; i < scene.Panels.Count; i++)
        {
            using SP.Plot plot = Build(scene.Panels[i]);
            if (i + 1 == scene.Panels.Count)
                plot.Axes.AddPanel(new ScottPlotOverlay(scene));

            // A plot clears its canvas, may draw more than once, and leaves its scale behind: it gets a layer, whose ground multiplies by white.
            int state = surface.Canvas.SaveLayer(layer);
            plot.Render(surface.Canvas, new SP.PixelRect(0, PixelWidth, PixelHeight, 0));
            surface.Canvas.RestoreToCount(state);
        }

        using SKImage image = surface.Snapshot();
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        FigureFile.Write(path, png.AsSpan());
    }

    internal static SP.Color ToColor(Rgb color, double opacity = 1) => new SP.Color(color.R, color.G, color.B).WithAlpha(opacity);

    private static SP.Plot Build(PanelScene panel)
    {
        var plot = new SP.Plot { ScaleFactor = Theme.Scale };
        plot.FigureBackground.Color = plot.DataBackground.Color = SP.Colors.Transparent;     // what other panels drew must stay
        SetAxes(plot, panel.Frame);
        foreach (SceneItem item in panel.Data)
        {
            if (item is BandItem band)
                AddBand(plot, band);
            else if (item is PolylineItem { Role: not LineRole.Decoration } line)
                AddLine(plot, line);
        }

        return plot;
    }

    /// <summary>The data area where the layout has it, with the layout's ticks; their labels are drawn by the overlay.</summary>
    private static void SetAxes(SP.Plot plot, PlotFrame frame)
    {
        Box area = frame.Area;
        plot.Layout.Fixed(new SP.PixelRect((float)area.Left, (float)area.Right, (float)area.Bottom, (float)area.Top));
        plot.Axes.SetLimits(area.Left, area.Right, -area.Bottom, -area.Top);
        plot.Axes.Bottom.TickGenerator = TicksAt(frame.X, 1);
        plot.Axes.Left.TickGenerator = TicksAt(frame.Y, -1);
        foreach (SP.IAxis axis in plot.Axes.GetAxes())
        {
            bool used = axis.Edge is SP.Edge.Bottom or SP.Edge.Left;
            axis.FrameLineStyle.Width = used ? (float)Theme.RuleWidth : 0;
            axis.FrameLineStyle.Color = ToColor(Theme.Axis);
            axis.MajorTickStyle.Color = axis.MinorTickStyle.Color = ToColor(Theme.Axis);
            axis.MajorTickStyle.Length = axis.Edge == SP.Edge.Bottom ? 4 : 0;
            axis.MinorTickStyle.Length = axis.Edge == SP.Edge.Bottom ? 2 : 0;
            axis.TickLabelStyle.IsVisible = false;
        }

        plot.Grid.XAxisStyle.IsVisible = frame.UprightGrid;
        plot.Grid.XAxisStyle.MinorLineStyle.IsVisible = false;
        plot.Grid.MajorLineColor = ToColor(Theme.Grid);
        plot.Grid.MajorLineWidth = (float)Theme.RuleWidth;
        plot.Grid.MinorLineColor = ToColor(Theme.MinorGrid);
        plot.Grid.MinorLineWidth = (float)Theme.RuleWidth;
    }

    private static SP.TickGenerators.NumericManual TicksAt(AxisMap axis, int sign)
    {
        var ticks = new SP.TickGenerators.NumericManual();
        foreach (Tick tick in axis.Ticks)
        {
            if (tick.Label.Length > 0)
                ticks.AddMajor(sign * axis.Place(tick.Value), tick.Label);
            else
                ticks.AddMinor(sign * axis.Place(tick.Value));
        }

        return ticks;
    }

    private static void AddBand(SP.Plot plot, BandItem band)
    {
        foreach (List<BandPoint> piece in Pieces(band.Points, p => p.IsGap).Where(p => p.Count > 1))
        {
            SP.Plottables.FillY fill = plot.Add.FillY([.. piece.Select(p => p.X)], [.. piece.Select(p => -p.Lower)], [.. piece.Select(p => -p.Upper)]);
            fill.FillColor = ToColor(band.Color, band.Opacity);
            fill.LineWidth = 0;
            fill.MarkerSize = 0;
        }
    }

    private static void AddLine(SP.Plot plot, PolylineItem item)
    {
        SP.Color color = ToColor(item.Color, item.Opacity);
        foreach (List<Point> piece in Pieces(item.Points, p => p.IsGap))
        {
            if (piece.Count == 1)
            {
                plot.Add.Marker(piece[0].X, -piece[0].Y, SP.MarkerShape.FilledCircle, (float)item.Width, color);
                continue;
            }

            SP.Plottables.Scatter line = plot.Add.ScatterLine(piece.ConvertAll(p => new SP.Coordinates(p.X, -p.Y)), color);
            line.LineWidth = (float)item.Width;
            if (item.Dash is not null)
                line.LinePattern = ToPattern(item.Dash);
        }
    }

    internal static SP.LinePattern ToPattern(double[] dash) => new(Array.ConvertAll(dash, d => (float)d), 0, "figure");

    /// <summary>The runs of points between gaps.</summary>
    private static IEnumerable<List<T>> Pieces<T>(IReadOnlyList<T> points, Predicate<T> isGap)
    {
        var piece = new List<T>();
        foreach (T point in points)
        {
            if (!isGap(point))
            {
                piece.Add(point);
            }
            else if (piece.Count > 0)
            {
                yield return piece;
                piece = [];
            }
        }

        if (piece.Count > 0)
            yield return piece;
    }
}
