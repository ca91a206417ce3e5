namespace MiniGrad.Plotting;

/// <summary>A text in lines along an edge: title, finding and caption of a page, the title of a panel.</summary>
internal sealed class TextPanel : PanelBase
{
    private const float LineHeight = 1.3f;
    private readonly LabelStyle _style;
    private readonly string _text;
    private readonly float _size, _above, _below;
    private readonly int _most;
    private string[] _lines = [];
    private readonly float? _left;

    /// <summary>The font becomes smaller, down to two thirds, where there would be more lines than <paramref name="most"/>; without a left they begin at the data's.</summary>
    internal TextPanel(Edge edge, string? text, LabelStyle style, float width, int most, float? left = null, float above = 0, float below = 0)
    {
        (Edge, _text, _style, _size, _most, _left, _above, _below) = (edge, text ?? "", style, style.FontSize, most, left, above, below);
        Fit(width);
    }

    /// <summary>Writes the text within a width.</summary>
    internal void Fit(float width) => (_style.FontSize, _lines) = FigureFont.Fit(_text, _size, _size / 1.5f, width, _most, _style.Bold);

    public override float Measure(Paint paint) => _above + _lines.Length * LineHeight * _style.FontSize + _below;

    public override void Render(RenderPack rp, float size, float offset)
    {
        float y = GetPanelRect(rp.DataRect, size, offset, rp.Paint).Top + _above;
        foreach (string line in _lines)
            _style.Render(rp.Canvas, new Pixel(_left is { } left ? rp.FigureRect.Left + left : rp.DataRect.Left, y += LineHeight * _style.FontSize), rp.Paint, line);
    }
}
