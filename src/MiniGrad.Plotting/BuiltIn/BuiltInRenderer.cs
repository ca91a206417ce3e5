namespace MiniGrad.Plotting;

/// <summary>Draws figures without any package: 1600×900 PNG (192 dots per inch, equal figures give equal bytes) and SVG.</summary>
public sealed class BuiltInRenderer : IFigureRenderer
{
    private const double DotsPerInch = 96 * Theme.Scale;

    /// <inheritdoc/>
    public string Name => "builtin";

    /// <inheritdoc/>
    public void Render(Figure figure, string path)
    {
        FigureFormat format = FigureFile.Format(path);
        Scene scene = FigureLayout.Compose(figure);
        byte[] bytes = format == FigureFormat.Svg ? SvgPainter.Paint(scene) : PngWriter.Encode(PngPainter.Paint(scene), DotsPerInch);
        FigureFile.MakeFolder(path);
        File.WriteAllBytes(path, bytes);
    }
}
