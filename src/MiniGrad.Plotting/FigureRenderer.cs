namespace MiniGrad.Plotting;

/// <summary>The kinds of file that figures are drawn to.</summary>
public enum FigureFormat
{
    /// <summary>Pixels, for pages.</summary>
    Png,
    /// <summary>Shapes and texts, for papers.</summary>
    Svg,
}

/// <summary>Draws figures with ScottPlot, 1600×900 pixels; PNG and SVG come from one drawing.</summary>
public static partial class FigureRenderer
{
    // SkiaSharp's fonts and paints are shared; drawing on several threads at once has crashed.
    private static readonly Lock OneAtATime = new();

    /// <summary>Draws a figure to a stream, which stays open.</summary>
    /// <exception cref="ArgumentException">The figure cannot be drawn; the message says why in one line.</exception>
    public static void Save(Figure figure, Stream stream, FigureFormat format)
    {
        using Lock.Scope drawing = OneAtATime.EnterScope();
        using var page = new FigurePage(figure);
        stream.Write(format == FigureFormat.Svg ? Svg(page) : Png(page));
    }

    private static byte[] Png(FigurePage page)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(Theme.Width, Theme.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        page.Render(surface.Canvas);
        using SKPixmap pixels = surface.PeekPixels();
        using SKData png = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.AllFilters, 6))!;
        return png.ToArray();
    }

    private static byte[] Svg(FigurePage page)
    {
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(Theme.Width, Theme.Height), stream)) page.Render(canvas);
        string xml = Encoding.UTF8.GetString(stream.ToArray())
            // With a view box the drawing can be shown at any size; the cleared canvas is a black rectangle under the white page.
            .Replace("<svg ", $"<svg viewBox=\"0 0 {Theme.Width} {Theme.Height}\" ", StringComparison.Ordinal)
            .Replace($"<rect width=\"{Theme.Width}\" height=\"{Theme.Height}\"/>", "", StringComparison.Ordinal);
        // Hundredths of a pixel are fine enough, lists must not end in a comma, and clips are numbered over the whole process. A quotation
        // mark within a text is escaped, so what stands between two is an attribute.
        var clips = new Dictionary<string, string>();
        string Renumbered(Match clip) => clips.TryGetValue(clip.Value, out string? known) ? known : clips[clip.Value] = $"c{clips.Count}";
        return Encoding.UTF8.GetBytes(Attribute().Replace(xml, a => Clip().Replace(Decimals().Replace(a.Value, "$1").Replace(", \"", "\"", StringComparison.Ordinal), Renumbered)));
    }

    [GeneratedRegex("=\"[^\"]*\"")]
    private static partial Regex Attribute();
    [GeneratedRegex("cl_[0-9a-f]+")]
    private static partial Regex Clip();
    [GeneratedRegex(@"(\.\d\d)\d+")]
    private static partial Regex Decimals();
}
