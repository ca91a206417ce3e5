using ScottPlot.Panels;

namespace MiniGrad.Plotting;

/// <summary>A text in lines along an edge: title, finding and caption of a page, the title of a panel.</summary>
internal sealed class TextPanel : PanelBase
{
    private const float LineHeight = 1.3f;

    private readonly LabelStyle _style;
    private readonly string[] _lines;
    private readonly float _above, _below;
    private readonly float? _left;

    /// <summary>The font becomes smaller, down to two thirds, where there would be more lines than <paramref name="most"/>; without a left they begin at the data's.</summary>
    internal TextPanel(Edge edge, string? text, LabelStyle style, float width, int most, float? left = null, float above = 0, float below = 0)
    {
        (Edge, _style, _left, _above, _below) = (edge, style, left, above, below);
        (style.FontSize, _lines) = FigureFont.Fit(text ?? "", style.FontSize, style.FontSize / 1.5f, width, most, style.Bold);
    }

    public override float Measure(Paint paint) => _above + _lines.Length * LineHeight * _style.FontSize + _below;

    public override void Render(RenderPack rp, float size, float offset)
    {
        float y = GetPanelRect(rp.DataRect, size, offset, rp.Paint).Top + _above;
        foreach (string line in _lines)
            _style.Render(rp.Canvas, new Pixel(_left is { } left ? rp.FigureRect.Left + left : rp.DataRect.Left, y += LineHeight * _style.FontSize), rp.Paint, line);
    }
}
