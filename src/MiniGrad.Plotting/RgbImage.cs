using SkiaSharp;

namespace MiniGrad.Plotting;

/// <summary>A decoded image: 8-bit sRGB pixels, rows from the top.</summary>
public sealed class RgbImage
{
    private readonly byte[] _bytes;

    /// <summary>Wraps pixel bytes in the order R, G, B, left to right, top to bottom.</summary>
    /// <exception cref="ArgumentException">There are not 3·width·height bytes.</exception>
    public RgbImage(int width, int height, byte[] bytes)
    {
        if (width <= 0 || height <= 0 || bytes.Length != 3L * width * height)
            throw new ArgumentException($"image: found {bytes.Length} bytes for {width}×{height} pixels, expected 3 a pixel and at least one pixel");
        (Width, Height, _bytes) = (width, height, bytes);
    }

    /// <summary>Reads a PNG.</summary>
    /// <exception cref="InvalidDataException">The file is not a PNG, or is corrupt.</exception>
    public static RgbImage Read(string path)
    {
        using SKBitmap bitmap = SKBitmap.Decode(path) ?? throw new InvalidDataException($"{path} is not a PNG, or is corrupt");
        return new RgbImage(bitmap.Width, bitmap.Height, [.. bitmap.Pixels.SelectMany(p => new[] { p.Red, p.Green, p.Blue })]);
    }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels' bytes: R, G, B, left to right, top to bottom.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The pixel at column <paramref name="x"/> of row <paramref name="y"/>.</summary>
    public Rgb this[int x, int y]
    {
        get
        {
            ReadOnlySpan<byte> pixel = _bytes.AsSpan(3 * (y * Width + x), 3);
            return new(pixel[0], pixel[1], pixel[2]);
        }
    }

    /// <summary>How many pixels have exactly this colour.</summary>
    public int Count(Rgb color)
    {
        int count = 0;
        for (int i = 0; i < _bytes.Length; i += 3)
            count += _bytes[i] == color.R && _bytes[i + 1] == color.G && _bytes[i + 2] == color.B ? 1 : 0;
        return count;
    }
}
