namespace MiniGrad.Plotting;

/// <summary>Lays a figure out: every renderer draws the scene that comes out of here, and the tests measure it.</summary>
internal static class FigureLayout
{
    private const string StoppedNote = "× marks where a run stopped early.";

    /// <summary>The scene of a figure on a canvas of 800×450 units.</summary>
    /// <exception cref="ArgumentException">The figure cannot be drawn.</exception>
    internal static Scene Compose(Figure figure)
    {
        figure.Validate();
        bool stopped = figure.Panels.SelectMany(p => p.Curves).Any(c => c.StoppedEarly().Any());
        (List<SceneItem> header, double headerBottom) = PageText.Header(figure);
        (List<SceneItem> caption, double captionTop) = PageText.Caption(stopped ? $"{figure.Caption} {StoppedNote}" : figure.Caption);

        Scene plot = figure.Panels is [{ IsRanking: false, Title: null } only]
            ? CurvePanel.Compose(only, figure.Colors, headerBottom + 12, captionTop - 48)
            : new PanelGrid(figure).Compose(headerBottom + 8, captionTop - 8);
        return plot with { Items = [.. header, .. plot.Items, .. caption], Title = figure.Title };
    }
}
