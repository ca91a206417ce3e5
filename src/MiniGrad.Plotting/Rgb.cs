namespace MiniGrad.Plotting;

/// <summary>An sRGB colour, 8 bits a channel.</summary>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>White.</summary>
    public static Rgb White => new(255, 255, 255);

    /// <summary>The colour 0xRRGGBB.</summary>
    public static Rgb FromHex(uint value) => new((byte)(value >> 16), (byte)(value >> 8), (byte)value);

    /// <summary>Relative luminance from 0 (black) to 1 (white), WCAG 2.1.</summary>
    public double Luminance => 0.2126 * Linear(R) + 0.7152 * Linear(G) + 0.0722 * Linear(B);

    /// <summary>The contrast ratio (L₁ + 0.05)/(L₂ + 0.05) of two colours, from 1 to 21, WCAG 2.1.</summary>
    public double Contrast(Rgb other) => (Math.Max(Luminance, other.Luminance) + 0.05) / (Math.Min(Luminance, other.Luminance) + 0.05);

    /// <summary>The same hue, darkened only as far as text on white needs: a contrast of at least <paramref name="contrast"/>.</summary>
    public Rgb ForText(double contrast = 4.6)
    {
        (byte r, byte g, byte b) = this;
        return Enumerable.Range(0, 100).Select(i => 100 - i).Select(percent => new Rgb((byte)(r * percent / 100), (byte)(g * percent / 100), (byte)(b * percent / 100)))
            .FirstOrDefault(darker => darker.Contrast(White) >= contrast);
    }

    /// <summary><c>#rrggbb</c>.</summary>
    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

    private static double Linear(byte channel) => channel / 255.0 is var v && v <= 0.04045 ? v / 12.92 : Math.Pow((channel / 255.0 + 0.055) / 1.055, 2.4);
}
