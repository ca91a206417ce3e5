using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MiniGrad.Plotting;
using SkiaSharp;

namespace MiniGrad.Tests.Plotting;

/// <summary>A text of a drawn figure: what it says, where it stands in pixels, and in which colour.</summary>
internal sealed record DrawnText(string Text, SKRect Box, Rgb Color, double Size);

/// <summary>A figure as it comes out: its pixels, and its texts as the SVG of the same drawing has them.</summary>
internal sealed partial class DrawnFigure
{
    private readonly SKColor[] _pixels;

    internal DrawnFigure(Figure figure)
    {
        XDocument svg = XDocument.Parse(System.Text.Encoding.UTF8.GetString(Bytes(figure, FigureFormat.Svg)));
        Texts = [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(Read)];
        using SKBitmap bitmap = SKBitmap.Decode(Bytes(figure, FigureFormat.Png));
        (Width, Height, _pixels) = (bitmap.Width, bitmap.Height, bitmap.Pixels);
    }

    internal DrawnFigure(string pngPath)
    {
        using SKBitmap bitmap = SKBitmap.Decode(pngPath) ?? throw new InvalidDataException($"{pngPath} is no PNG");
        (Width, Height, _pixels, Texts) = (bitmap.Width, bitmap.Height, bitmap.Pixels, []);
    }

    internal IReadOnlyList<DrawnText> Texts { get; }

    internal int Width { get; }

    internal int Height { get; }

    /// <summary>How many pixels have exactly this colour.</summary>
    internal int Count(Rgb color) => _pixels.Count(p => p == new SKColor(color.R, color.G, color.B));

    /// <summary>The share of a box's pixels that are not white.</summary>
    internal double Ink(SKRect box)
    {
        int all = 0, ink = 0;
        for (int y = Math.Max(0, (int)box.Top); y < Math.Min(Height, box.Bottom); y++)
        {
            for (int x = Math.Max(0, (int)box.Left); x < Math.Min(Width, box.Right); x++) (all, ink) = (all + 1, ink + (_pixels[y * Width + x] == SKColors.White ? 0 : 1));
        }

        return all == 0 ? 0 : ink / (double)all;
    }

    /// <summary>What no figure may have: another size, ink at the edge, texts that leave the page, are too pale or lie over one another.</summary>
    internal IEnumerable<string> Problems()
    {
        if ((Width, Height) != (1600, 900)) yield return $"{Width}×{Height} pixels";
        foreach (SKRect edge in new SKRect[] { new(0, 0, Width, 8), new(0, Height - 8, Width, Height), new(0, 0, 8, Height), new(Width - 8, 0, Width, Height) })
        {
            if (Ink(edge) > 0) yield return $"ink at the edge {edge}";
        }

        if (Ink(new SKRect(0, 0, Width, Height)) < 0.005) yield return "blank";
        foreach ((int i, DrawnText text) in Texts.Index())
        {
            if (text.Box.Left < 8 || text.Box.Right > Width - 8 || text.Box.Top < 8 || text.Box.Bottom > Height - 8) yield return $"'{text.Text}' leaves the page: {text.Box}";
            if (text.Color.Contrast(Rgb.White) < 4.5) yield return $"'{text.Text}' is too pale";
            if (text.Size < 11) yield return $"'{text.Text}' is too small";
            foreach (DrawnText other in Texts.Skip(i + 1).Where(o => Overlap(o.Box, text.Box))) yield return $"'{text.Text}' {text.Box} lies over '{other.Text}' {other.Box}";
        }
    }

    internal static byte[] Bytes(Figure figure, FigureFormat format)
    {
        using var stream = new MemoryStream();
        FigureRenderer.Save(figure, stream, format);
        return stream.ToArray();
    }

    private static bool Overlap(SKRect a, SKRect b) => Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left) > 1 && Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top) > 1;

    // Skia writes a place for every glyph, then a translation, or a matrix for upright text.
    private static DrawnText Read(XElement element)
    {
        double[] Numbers(string attribute) => [.. Number().Matches((string?)element.Attribute(attribute) ?? "").Select(m => double.Parse(m.ValueSpan, CultureInfo.InvariantCulture))];
        (string text, double size, double[] move) = (element.Value.Trim(), Numbers("font-size")[0], Numbers("transform"));
        double[] x = Numbers("x"), y = Numbers("y");
        double left = x[0], right = x[^1] + FigureFont.Measure(text[^1..], (float)size), top = y[0] - 0.73 * size, bottom = y[0] + 0.2 * size;
        double[] m = move.Length == 6 ? move : [1, 0, 0, 1, move.ElementAtOrDefault(0), move.ElementAtOrDefault(1)];
        (double X, double Y)[] corners = [.. from px in new[] { left, right } from py in new[] { top, bottom } select (m[0] * px + m[2] * py + m[4], m[1] * px + m[3] * py + m[5])];
        string fill = (string?)element.Attribute("fill") ?? "#000000";
        return new(text, new((float)corners.Min(c => c.X), (float)corners.Min(c => c.Y), (float)corners.Max(c => c.X), (float)corners.Max(c => c.Y)), Rgb.FromHex(Convert.ToUInt32(fill.TrimStart('#'), 16)), size);
    }

    [GeneratedRegex(@"-?\d+(?:\.\d+)?(?:e-?\d+)?")]
    private static partial Regex Number();
}
