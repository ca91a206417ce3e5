namespace MiniGrad.Plotting;

/// <summary>What a machine can check of a drawn figure.</summary>
public static class FigureChecks
{
    /// <summary>The size of every figure in pixels.</summary>
    public const int PixelWidth = (int)(Theme.Width * Theme.Scale), PixelHeight = (int)(Theme.Height * Theme.Scale);

    private const int Edge = 8;

    /// <summary>Less ink than this is as good as none: a frame without data has more.</summary>
    private const double LeastInk = 0.005;

    /// <summary>What is wrong with a PNG of a figure: it is not 1600×900, is blank, or has ink within 8 pixels of an edge. Empty if nothing is.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not a PNG, or is corrupt.</exception>
    public static IReadOnlyList<string> OfPng(string path) => Of(RgbImage.Read(path));

    /// <summary>The same of an image.</summary>
    /// <param name="image">The drawn figure.</param>
    public static IReadOnlyList<string> Of(RgbImage image)
    {
        var problems = new List<string>();
        if (image.Width != PixelWidth || image.Height != PixelHeight)
            problems.Add($"found {image.Width}×{image.Height} pixels, expected {PixelWidth}×{PixelHeight}");
        double ink = 1 - image.Count(Rgb.White) / ((double)image.Width * image.Height);
        if (ink < LeastInk)
            problems.Add($"found ink on {ink:P2} of the pixels, expected at least {LeastInk:P2}; the figure is blank");
        if (InkAtTheEdge(image) is { } found)
            problems.Add($"found ink {image[found.X, found.Y]} at ({found.X}, {found.Y}), expected none within {Edge} pixels of an edge");
        return problems;
    }

    private static (int X, int Y)? InkAtTheEdge(RgbImage image)
    {
        for (int y = 0; y < image.Height; y++)
        {
            bool wholeRow = y < Edge || y >= image.Height - Edge;
            for (int x = 0; x < image.Width; x += !wholeRow && x == Edge - 1 ? Math.Max(1, image.Width - 2 * Edge + 1) : 1)
            {
                if (image[x, y] != Rgb.White)
                    return (x, y);
            }
        }

        return null;
    }
}
