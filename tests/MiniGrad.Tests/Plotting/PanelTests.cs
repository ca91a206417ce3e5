using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

/// <summary>Figures of several panels, sweeps and rankings: the machine checks, and that they say what they must.</summary>
public sealed class PanelTests
{
    public static TheoryData<string> Names => [.. PanelSamples.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_kind_of_figure_passes_the_checks(string name)
    {
        Figure figure = PanelSamples.All.First(s => s.Name == name).Figure;
        Scene scene = FigureLayout.Compose(figure);
        SceneChecks.Check(scene, name, 110, 70);
        Assert.Equal(figure.Panels.Count, scene.Panels.Count);
        if (Environment.GetEnvironmentVariable("MINIGRAD_SAMPLES") is { Length: > 0 } folder)
            FigureRenderers.Create().Renderer.RenderBoth(figure, Path.Combine(folder, name));
    }
}
