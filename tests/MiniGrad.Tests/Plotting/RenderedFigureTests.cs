using System.Xml.Linq;
using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

/// <summary>What comes out as pixels and as SVG.</summary>
public sealed class RenderedFigureTests
{
    private const int LeastPixels = 200;

    [Theory]
    [InlineData(60, AxisScale.Linear)]
    [InlineData(60, AxisScale.Logarithmic)]
    [InlineData(3, AxisScale.Linear)]
    public void Every_variant_shows_in_its_colour(int points, AxisScale scale)
    {
        RgbImage image = Render(FigureSamples.AblateSign(points, scale));
        foreach (string variant in FigureSamples.AblateSignVariants)
        {
            int count = image.Count(Palette.For(variant));
            Assert.True(count >= LeastPixels, $"{variant}: {count} pixels of {Palette.For(variant)}");
        }

        Assert.Empty(FigureChecks.Of(image));
    }

    [Fact]
    public async Task Equal_figures_give_equal_bytes_on_any_thread()
    {
        string folder = Directory.CreateTempSubdirectory("minigrad-plot").FullName;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Task.Run(() =>
                FigureRenderer.Render(FigureSamples.AblateSign(), Path.Combine(folder, "made", $"{i}.png")), TestContext.Current.CancellationToken)));
            byte[][] files = [.. Directory.GetFiles(Path.Combine(folder, "made")).Select(File.ReadAllBytes)];
            Assert.Equal(3, files.Length);
            Assert.All(files, f => Assert.Equal(files[0], f));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Svg_is_xml_with_the_texts_as_text_and_the_colours_of_the_curves()
    {
        Figure figure = FigureSamples.AblateSign() with { Title = "A & B < C" };
        string path = Path.Combine(Directory.CreateTempSubdirectory("minigrad-plot").FullName, "figure.svg");
        FigureRenderer.Render(figure, path);
        XDocument svg = XDocument.Load(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        XNamespace ns = "http://www.w3.org/2000/svg";
        Assert.Equal(ns + "svg", svg.Root!.Name);
        string[] texts = [.. svg.Descendants(ns + "text").Select(t => t.Value)];
        Assert.Contains("A & B < C", texts);
        Assert.Contains("validation loss (nats per byte)", texts);
        Assert.All(FigureSamples.AblateSignVariants, v => Assert.Contains(texts, t => t.StartsWith(v, StringComparison.Ordinal)));
        string[] strokes = [.. svg.Descendants(ns + "path").Select(p => (string?)p.Attribute("stroke") ?? "")];
        Assert.All(figure.Colors, c => Assert.Contains(c.ToString(), strokes));
        Assert.DoesNotContain("NaN", svg.ToString());
    }

    [Fact]
    public void Random_figures_give_svg_without_gaps_in_the_numbers()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using var stream = new MemoryStream(SvgPainter.Paint(FigureLayout.Compose(FigureSamples.Random(seed))));
            string text = XDocument.Load(stream).ToString();
            Assert.False(text.Contains("=\"NaN", StringComparison.Ordinal) || text.Contains(" NaN", StringComparison.Ordinal) || text.Contains('∞'), $"seed {seed}: a coordinate is not a number");
        }
    }

    [Fact]
    public void Another_extension_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => FigureRenderer.Render(FigureSamples.AblateSign(), "figure.jpg"));
        Assert.Contains("'.jpg', expected .png or .svg", error.Message);
    }

    private static RgbImage Render(Figure figure)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("minigrad-plot").FullName, "figure.png");
        try
        {
            FigureRenderer.Render(figure, path);
            return RgbImage.Read(path);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
