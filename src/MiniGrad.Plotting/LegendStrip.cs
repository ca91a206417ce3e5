namespace MiniGrad.Plotting;

/// <summary>The one legend of a figure: a line or a few across the page above its panels.</summary>
internal sealed class LegendStrip : PanelBase
{
    private const float MostLines = 3, Below = 8, Smallest = 17;
    private readonly Legend _legend;
    private readonly PixelSize _room = new(Theme.Width - 2 * Theme.Margin, Theme.Height);

    internal LegendStrip(Plot page, IEnumerable<LegendItem> items)
    {
        Edge = Edge.Top;
        _legend = new Legend(page) { ManualItems = [.. items], Orientation = Orientation.Horizontal, TightHorizontalWrapping = true };
        (_legend.SymbolWidth, _legend.SymbolPadding, _legend.InterItemPadding, _legend.Padding) = (46, 10, new(0, 34, 0, 4), new(0));
        (_legend.BackgroundColor, _legend.ShadowColor, _legend.OutlineWidth) = (Colors.Transparent, Colors.Transparent, 0);
        using Paint paint = Paint.NewDisposablePaint();
        float size = Theme.LabelSize;
        do
        {
            foreach (LegendItem item in _legend.ManualItems)
            {
                FigureFont.Apply(item.LabelStyle, size, Theme.Ink);
                item.LabelText = FigureFont.Shorten(item.LabelText, size, _room.Width - _legend.SymbolWidth - _legend.SymbolPadding - 2);
            }
        }
        while (Height(paint) > MostLines * 1.5f * Theme.LabelSize && (size -= 1) >= Smallest);
    }

    public override float Measure(Paint paint) => Height(paint) + Below;

    public override void Render(RenderPack rp, float size, float offset)
    {
        float top = rp.DataRect.Top - offset - size;
        _legend.Render(rp.Canvas, rp.Paint, new PixelRect(Theme.Margin, Theme.Margin + _room.Width, top + size, top), Alignment.UpperLeft);
    }

    private float Height(Paint paint) => _legend.GetLayout(_room, paint).LegendRect.Height;
}
