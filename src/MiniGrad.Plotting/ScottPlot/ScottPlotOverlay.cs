using SP = ScottPlot;

namespace MiniGrad.Plotting;

/// <summary>
/// Draws what lies around and over the data: texts, leader lines, the legend. It is a panel because panels are drawn last and are not
/// clipped to the data area; its own size is zero.
/// </summary>
internal sealed class ScottPlotOverlay : SP.Panels.PanelBase
{
    private readonly Scene _scene;

    internal ScottPlotOverlay(Scene scene)
    {
        _scene = scene;
        Edge = SP.Edge.Right;
    }

    public override float Measure(SP.Paint paint) => 0;

    public override void Render(SP.RenderPack rp, float size, float offset)
    {
        Dictionary<double, double> scales = Scales(rp);
        foreach (SceneItem item in _scene.Items)
        {
            switch (item)
            {
                case RectangleItem rectangle:
                    DrawRectangle(rp, rectangle);
                    break;
                case PolylineItem { Role: LineRole.Decoration } line:
                    DrawLine(rp, line);
                    break;
                case TextItem text:
                    DrawText(rp, text, scales[text.Size]);
                    break;
            }
        }
    }

    private static void DrawRectangle(SP.RenderPack rp, RectangleItem item)
    {
        var rect = new SP.PixelRect((float)item.Box.Left, (float)item.Box.Right, (float)item.Box.Bottom, (float)item.Box.Top);
        SP.Drawing.FillRectangle(rp.Canvas, rect, rp.Paint, new SP.FillStyle { Color = ScottPlotRenderer.ToColor(item.Fill) });
        if (item.Stroke is { } stroke)
            SP.Drawing.DrawRectangle(rp.Canvas, rect, rp.Paint, new SP.LineStyle { Color = ScottPlotRenderer.ToColor(stroke), Width = (float)Theme.RuleWidth });
    }

    private static void DrawLine(SP.RenderPack rp, PolylineItem item)
    {
        if (item.Points is [var dot])
        {
            SP.Drawing.FillCircle(rp.Canvas, new SP.Pixel(dot.X, dot.Y), (float)(item.Width / 2), new SP.FillStyle { Color = ScottPlotRenderer.ToColor(item.Color, item.Opacity) }, rp.Paint);
            return;
        }

        var style = new SP.LineStyle { Color = ScottPlotRenderer.ToColor(item.Color, item.Opacity), Width = (float)item.Width };
        if (item.Dash is not null)
            style.Pattern = ScottPlotRenderer.ToPattern(item.Dash);
        for (int i = 0; i + 1 < item.Points.Count; i++)
        {
            (Point a, Point b) = (item.Points[i], item.Points[i + 1]);
            if (!a.IsGap && !b.IsGap)
                SP.Drawing.DrawLine(rp.Canvas, rp.Paint, new SP.Pixel(a.X, a.Y), new SP.Pixel(b.X, b.Y), style);
        }
    }

    /// <summary>
    /// How much wider than the layout measured a text may be: tick labels and names stand farther apart than this. So short labels
    /// keep their size, whatever the system's font.
    /// </summary>
    private const double Slack = 4;

    /// <summary>Texts of one size shrink together, but for one text's sake no further than this.</summary>
    private const double LeastCommonScale = 0.85;

    /// <summary>The first of these that is installed, in the order in which SVG names them; else ScottPlot's choice.</summary>
    private static readonly string Font = new[] { "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans" }
        .FirstOrDefault(SkiaSharp.SKFontManager.Default.FontFamilies.Contains) ?? SP.Fonts.Default;

    /// <summary>How much smaller the texts of each size are drawn, since the system's font is wider than the one the layout measured.</summary>
    private Dictionary<double, double> Scales(SP.RenderPack rp) => _scene.Texts.GroupBy(t => t.Size)
        .ToDictionary(g => g.Key, g => Math.Max(LeastCommonScale, g.Min(t => Fit(Label(t, 1).Measure(t.Text, rp.Paint).Width, t))));

    /// <summary>A text on its base line.</summary>
    private static void DrawText(SP.RenderPack rp, TextItem item, double scale)
    {
        SP.LabelStyle label = Label(item, scale);
        label.FontSize *= (float)Fit(label.Measure(item.Text, rp.Paint).Width, item);

        // ScottPlot puts the base line above the point by the font's descent.
        double descent = label.Measure(item.Text, rp.Paint).Bottom;
        var at = item.Vertical ? new SP.Pixel(item.At.X + descent, item.At.Y) : new SP.Pixel(item.At.X, item.At.Y + descent);
        label.Render(rp.Canvas, at, rp.Paint);
    }

    private static double Fit(double width, TextItem item) => Math.Min(1, (item.Length + Slack) / width);

    private static SP.LabelStyle Label(TextItem item, double scale) => new()
    {
        Text = item.Text,
        FontName = Font,
        FontSize = (float)(item.Size * scale),
        Bold = item.Weight >= Theme.Bold,
        ForeColor = ScottPlotRenderer.ToColor(item.Color),
        Rotation = item.Vertical ? -90 : 0,
        Alignment = item.Align switch
        {
            TextAlign.Centre => SP.Alignment.LowerCenter,
            TextAlign.Right => SP.Alignment.LowerRight,
            _ => SP.Alignment.LowerLeft,
        },
    };
}
