namespace MiniGrad.Plotting;

/// <summary>What every renderer can do with its two formats.</summary>
public static class FigureRendererExtensions
{
    /// <summary>Draws a figure twice: to <c>PATH.png</c> for pages and to <c>PATH.svg</c> for papers.</summary>
    /// <param name="renderer">The renderer.</param>
    /// <param name="figure">What to draw.</param>
    /// <param name="pathWithoutExtension">Where, for example <c>runs/x/figure</c>.</param>
    /// <returns>The path of the PNG.</returns>
    /// <exception cref="ArgumentException">The figure cannot be drawn.</exception>
    public static string RenderBoth(this IFigureRenderer renderer, Figure figure, string pathWithoutExtension)
    {
        renderer.Render(figure, pathWithoutExtension + ".png");
        renderer.Render(figure, pathWithoutExtension + ".svg");
        return pathWithoutExtension + ".png";
    }
}
