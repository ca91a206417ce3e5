using MiniGrad.Plotting;
using MiniGrad.Tests.Build;

namespace MiniGrad.Tests.Plotting;

/// <summary>The published figures, as pixels.</summary>
public sealed class GalleryFigureTests
{
    [Fact]
    public void Every_published_figure_is_whole_and_leaves_the_edge_white()
    {
        Assert.SkipWhen(Repository.Root is null, "the repository's files are not here");
        string[] figures = Directory.GetFiles(Path.Combine(Repository.Root!, "plots", "gallery"), "*.png", SearchOption.AllDirectories);
        Assert.NotEmpty(figures);
        Assert.All(figures, f => Assert.Empty(FigureChecks.OfPng(f)));
    }

    [Fact]
    public void What_is_wrong_with_an_image_is_said()
    {
        static RgbImage Filled(int width, int height, byte value) => new(width, height, [.. Enumerable.Repeat(value, 3 * width * height)]);
        Assert.Equal(["found 20×30 pixels, expected 1600×900", "found ink on 0.00% of the pixels, expected at least 0.50%; the figure is blank"], FigureChecks.Of(Filled(20, 30, 255)).Select(p => p.Replace(" %", "%", StringComparison.Ordinal)));
        Assert.Single(FigureChecks.Of(Filled(1600, 900, 128)), p => p.StartsWith("found ink #808080 at (0, 0)", StringComparison.Ordinal));
        foreach ((int x, int y) in new[] { (7, 450), (1592, 450), (800, 7), (800, 892), (8, 8), (1591, 891) })
        {
            byte[] bytes = [.. Enumerable.Repeat((byte)255, 3 * 1600 * 900)];
            for (int row = 100; row < 110; row++)
                bytes.AsSpan(3 * (1600 * row + 100), 3 * 1000).Clear();
            bytes[3 * (1600 * y + x)] = 0;
            bool inside = x is 8 or 1591;
            Assert.Equal(inside ? 0 : 1, FigureChecks.Of(new RgbImage(1600, 900, bytes)).Count);
        }
    }
}
