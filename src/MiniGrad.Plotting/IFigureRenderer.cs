namespace MiniGrad.Plotting;

/// <summary>Draws figures into files.</summary>
public interface IFigureRenderer
{
    /// <summary>The renderer's name, as manifests record it.</summary>
    string Name { get; }

    /// <summary>Draws a figure to a file, 1600×900 pixels, replacing it if it exists; missing folders are made.</summary>
    /// <param name="figure">What to draw.</param>
    /// <param name="path">A path ending in <c>.png</c> or <c>.svg</c>.</param>
    /// <exception cref="ArgumentException">The figure cannot be drawn, or the path has another extension.</exception>
    void Render(Figure figure, string path);
}
