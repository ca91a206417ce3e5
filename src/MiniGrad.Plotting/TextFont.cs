using SkiaSharp;

namespace MiniGrad.Plotting;

/// <summary>The font of every figure, measured by the library that draws it.</summary>
internal static class TextFont
{
    internal const double Ascent = 0.8, Descent = 0.25;

    /// <summary>The first of these that is installed, in the order in which SVG names them; else ScottPlot's choice.</summary>
    internal static string Name { get; } = new[] { "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans" }
        .FirstOrDefault(SKFontManager.Default.FontFamilies.Contains) ?? ScottPlot.Fonts.Default;

    private static readonly ThreadLocal<SKFont> Font = new(() => new SKFont(SKTypeface.FromFamilyName(Name), 100));

    /// <summary>The advance width of a text at a font size, with a little room for hinting.</summary>
    internal static double Measure(string text, double size) => 1.02 * Font.Value!.MeasureText(text) * size / 100;
}
