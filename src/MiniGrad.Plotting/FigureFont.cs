namespace MiniGrad.Plotting;

/// <summary>
/// The font of every figure. It is embedded, so that a machine without fonts draws the same text as any other, and it has the signs
/// that titles and axes use (‖∇f‖, σ, ∝, ⟨U,O⟩). Lines of text are measured and broken here.
/// </summary>
internal sealed class FigureFont : IFontResolver
{
    internal const string Name = "DejaVu Sans Condensed";

    private static readonly SKTypeface Regular = Load("DejaVuSansCondensed.ttf"), Bold = Load("DejaVuSansCondensed-Bold.ttf");

    /// <summary>Makes the font known to ScottPlot, before the first use of this class.</summary>
    static FigureFont() => Fonts.FontResolvers.Insert(0, new FigureFont());

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing width) => CreateTypeface(fontName, weight >= FontWeight.SemiBold, false);
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? bold ? Bold : Regular : null;

    /// <summary>A style of text in this font.</summary>
    internal static LabelStyle Style(float size, Color color, bool bold = false, Alignment alignment = Alignment.LowerLeft) =>
        new() { FontName = Name, FontSize = size, ForeColor = color, Bold = bold, Alignment = alignment, SubpixelText = true, OffsetY = Sink(size, alignment) };

    /// <summary>Puts an existing style of a tick or a legend into this font.</summary>
    internal static void Apply(LabelStyle style, float size, Color color) =>
        (style.FontName, style.FontSize, style.ForeColor, style.Bold, style.SubpixelText, style.OffsetY) = (Name, size, color, false, true, Sink(size, Alignment.MiddleLeft));

    // Centred between the font's highest and lowest signs, words would stand too high.
    private static float Sink(float size, Alignment alignment) => alignment == Alignment.MiddleLeft ? 0.13f * size : 0;

    /// <summary>The width of a text in pixels.</summary>
    internal static float Measure(string text, float size, bool bold = false)
    {
        using var font = new SKFont(bold ? Bold : Regular, size) { Subpixel = true };
        return font.MeasureText(text);
    }

    /// <summary>The largest size at which a text needs at most so many lines, and these as even as they can be, so that the last is no single word; too long a text is shortened.</summary>
    internal static (float Size, string[] Lines) Fit(string text, float size, float smallest, float width, int most, bool bold = false)
    {
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        List<string> lines = Break(words, size, width, bold);
        while (lines.Count > most && size > smallest) lines = Break(words, size = Math.Max(smallest, size - 1), width, bold);
        if (lines.Count > most) return (size, [.. lines[..(most - 1)], Shorten(string.Join(' ', lines[(most - 1)..]), size, width, bold)]);
        float narrow = 0, wide = width;
        while (wide - narrow > 1)
        {
            float middle = (narrow + wide) / 2;
            (narrow, wide) = Break(words, size, middle, bold).Count > lines.Count ? (middle, wide) : (narrow, middle);
        }
        return (size, [.. Break(words, size, wide, bold).Select(line => Shorten(line, size, width, bold))]);
    }

    /// <summary>The text, or as much of its beginning as a width holds and an ellipsis.</summary>
    internal static string Shorten(string text, float size, float width, bool bold = false)
    {
        string Cut(int n) => n == text.Length ? text : text[..n].TrimEnd() + "…";
        int length = text.Length;
        while (length > 0 && Measure(Cut(length), size, bold) > width) length--;
        return Cut(length);
    }

    private static List<string> Break(string[] words, float size, float width, bool bold)
    {
        var lines = new List<string>();
        foreach (string word in words)
        {
            if (lines.Count > 0 && Measure($"{lines[^1]} {word}", size, bold) <= width) lines[^1] += $" {word}";
            else lines.Add(word);
        }
        return lines;
    }

    private static SKTypeface Load(string file)
    {
        using Stream stream = typeof(FigureFont).Assembly.GetManifestResourceStream(file) ?? throw new InvalidOperationException($"the font {file} is not in the assembly");
        return SKTypeface.FromData(SKData.Create(stream));
    }
}
