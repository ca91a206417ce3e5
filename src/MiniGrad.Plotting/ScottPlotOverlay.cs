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
                    DrawText(rp, text);
                    break;
            }
        }
    }

    private static void DrawRectangle(SP.RenderPack rp, RectangleItem item)
    {
        var rect = new SP.PixelRect((float)item.Box.Left, (float)item.Box.Right, (float)item.Box.Bottom, (float)item.Box.Top);
        SP.Drawing.FillRectangle(rp.Canvas, rect, rp.Paint, new SP.FillStyle { Color = FigureRenderer.ToColor(item.Fill) });
        if (item.Stroke is { } stroke)
            SP.Drawing.DrawRectangle(rp.Canvas, rect, rp.Paint, new SP.LineStyle { Color = FigureRenderer.ToColor(stroke), Width = (float)Theme.RuleWidth });
    }

    private static void DrawLine(SP.RenderPack rp, PolylineItem item)
    {
        if (item.Points is [var dot])
        {
            SP.Drawing.FillCircle(rp.Canvas, new SP.Pixel(dot.X, dot.Y), (float)(item.Width / 2), new SP.FillStyle { Color = FigureRenderer.ToColor(item.Color, item.Opacity) }, rp.Paint);
            return;
        }

        var style = new SP.LineStyle { Color = FigureRenderer.ToColor(item.Color, item.Opacity), Width = (float)item.Width };
        if (item.Dash is not null)
            style.Pattern = FigureRenderer.ToPattern(item.Dash);
        for (int i = 0; i + 1 < item.Points.Count; i++)
        {
            (Point a, Point b) = (item.Points[i], item.Points[i + 1]);
            if (!a.IsGap && !b.IsGap)
                SP.Drawing.DrawLine(rp.Canvas, rp.Paint, new SP.Pixel(a.X, a.Y), new SP.Pixel(b.X, b.Y), style);
        }
    }

    /// <summary>A text on its base line.</summary>
    private static void DrawText(SP.RenderPack rp, TextItem item)
    {
        SP.LabelStyle label = Label(item);

        // ScottPlot puts the base line above the point by the font's descent.
        double descent = label.Measure(item.Text, rp.Paint).Bottom;
        var at = item.Vertical ? new SP.Pixel(item.At.X + descent, item.At.Y) : new SP.Pixel(item.At.X, item.At.Y + descent);
        label.Render(rp.Canvas, at, rp.Paint);
    }

    private static SP.LabelStyle Label(TextItem item) => new()
    {
        Text = item.Text,
        FontName = TextFont.Name,
        FontSize = (float)item.Size,
        Bold = item.Weight >= Theme.Bold,
        ForeColor = FigureRenderer.ToColor(item.Color),
        Rotation = item.Vertical ? -90 : 0,
        Alignment = item.Align switch
        {
            TextAlign.Centre => SP.Alignment.LowerCenter,
            TextAlign.Right => SP.Alignment.LowerRight,
            _ => SP.Alignment.LowerLeft,
        },
    };
}
