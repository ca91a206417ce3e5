namespace MiniGrad.Plotting;

/// <summary>
/// A white picture that shapes are blended onto. Blending happens in nearly linear light (gamma 1.8), so that thin dark lines on white
/// keep their weight; full coverage at full opacity leaves exactly the colour that was asked for.
/// </summary>
internal sealed class Canvas
{
    private const double Gamma = 1.8;

    private static readonly float[] ToLight = [.. Enumerable.Range(0, 256).Select(i => (float)Math.Pow(i / 255.0, Gamma))];

    private readonly int _width, _height;
    private readonly float[] _light;

    internal Canvas(int width, int height)
    {
        (_width, _height) = (width, height);
        _light = new float[3 * width * height];
        Array.Fill(_light, 1f);
        Mask = new CoverageMask(width, height);
    }

    /// <summary>Where the next shape is collected.</summary>
    internal CoverageMask Mask { get; }

    /// <summary>Blends the shape in <see cref="Mask"/> onto the picture and empties the mask.</summary>
    internal void Blend(Rgb color, double opacity = 1)
    {
        float r = ToLight[color.R], g = ToLight[color.G], b = ToLight[color.B], full = (float)opacity;
        Mask.Drain((pixel, coverage) =>
        {
            float alpha = coverage * full;
            Span<float> light = _light.AsSpan(3 * pixel, 3);
            light[0] += (r - light[0]) * alpha;
            light[1] += (g - light[1]) * alpha;
            light[2] += (b - light[2]) * alpha;
        });
    }

    internal RgbImage ToImage()
    {
        var bytes = new byte[_light.Length];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = i > 2 && _light[i] == _light[i - 3] ? bytes[i - 3] : (byte)Math.Round(255 * Math.Pow(Math.Clamp(_light[i], 0, 1), 1 / Gamma));
        return new RgbImage(_width, _height, bytes);
    }
}
