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
    public double Contrast(Rgb other)
    {
        double a = Luminance, b = other.Luminance;
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>The same hue, darkened only as far as text on white needs: a contrast of at least <paramref name="contrast"/>.</summary>
    public Rgb ForText(double contrast = 4.6)
    {
        for (int percent = 100; percent > 0; percent--)
        {
            var darker = new Rgb((byte)(R * percent / 100), (byte)(G * percent / 100), (byte)(B * percent / 100));
            if (darker.Contrast(White) >= contrast)
                return darker;
        }

        return default;
    }

    /// <summary><c>#rrggbb</c>.</summary>
    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

    private static double Linear(byte channel)
    {
        double v = channel / 255.0;
        return v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4);
    }
}
