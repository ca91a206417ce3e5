using MiniGrad.Plotting;
using MiniGrad.Tests.Build;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Plotting;

/// <summary>What comes out as pixels and as SVG.</summary>
public sealed class DrawnFigureTests
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("MINIGRAD_TESTS") == "full";

    public static TheoryData<string> Names => [.. PanelSamples.All.Select(s => s.Name)];

    /// <summary>With MINIGRAD_SAMPLES=FOLDER the drawn samples stay there, to be looked at.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_kind_of_figure_is_whole_and_can_be_read(string name)
    {
        Figure figure = PanelSamples.Named(name);
        if (Environment.GetEnvironmentVariable("MINIGRAD_SAMPLES") is { } kept) File.WriteAllBytes(Path.Combine(kept, $"{name}.png"), DrawnFigure.Bytes(figure, FigureFormat.Png));
        var drawn = new DrawnFigure(figure);
        Assert.Empty(drawn.Problems());
        Assert.All(figure.Colors.Distinct(), c => Assert.True(drawn.Count(c) >= 40, $"{drawn.Count(c)} pixels of {c}"));
        Assert.All(figure.Panels.Select(p => p.XLabel).Where(l => l.Length > 0).Distinct(), label => Assert.Contains(drawn.Texts, t => t.Text.StartsWith(label, StringComparison.Ordinal)));
        using var page = new FigurePage(figure);
        Assert.True(page.Area().Height >= 0.6 * 900, $"the panels take {page.Area().Height} of 900 pixels");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Random_figures_are_drawn()
    {
        IEnumerable<string> problems = Enumerable.Range(0, Full ? 300 : 30).SelectMany(seed => new DrawnFigure(PanelSamples.Random(seed)).Problems().Select(p => $"seed {seed}: {p}"));
        string all = string.Join('\n', problems);
        Assert.True(all.Length == 0, all);
    }

    [Fact]
    public void Every_published_figure_is_whole_and_leaves_the_edge_white()
    {
        Assert.SkipWhen(Repository.Root is null, "the repository's files are not here");
        string[] figures = Directory.GetFiles(Path.Combine(Repository.Root!, "plots", "gallery"), "*.png", SearchOption.AllDirectories);
        Assert.NotEmpty(figures);
        Assert.All(figures, f => Assert.Empty(new DrawnFigure(f).Problems()));
    }

    [Fact]
    public void What_is_wrong_with_a_figure_is_seen()
    {
        using var folder = new TemporaryFolder();
        using var bitmap = new SkiaSharp.SKBitmap(1600, 900);
        bitmap.Erase(SkiaSharp.SKColors.White);
        Assert.Equal(["blank"], Problems());
        bitmap.SetPixel(1592, 450, SkiaSharp.SKColors.Gray);
        Assert.Contains(Problems(), p => p.StartsWith("ink at the edge", StringComparison.Ordinal));

        IEnumerable<string> Problems()
        {
            string path = folder.In("figure.png");
            using (FileStream file = File.Create(path)) bitmap.Encode(file, SkiaSharp.SKEncodedImageFormat.Png, 100);
            return new DrawnFigure(path).Problems();
        }
    }

    [Fact]
    public async Task Equal_figures_give_equal_bytes_on_any_thread()
    {
        byte[][] files = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => DrawnFigure.Bytes(FigureSamples.AblateSign(), (FigureFormat)(i % 2)), TestContext.Current.CancellationToken)));
        Assert.All(files.Index(), f => Assert.Equal(files[f.Index % 2], f.Item));
    }

    [Fact]
    public void Svg_has_the_texts_as_text_and_no_decimal_of_a_text_is_lost()
    {
        string svg = System.Text.Encoding.UTF8.GetString(DrawnFigure.Bytes(FigureSamples.AblateSign() with { Title = "A & B < C \"=\" 1.2345" }, FigureFormat.Svg));
        Assert.Equal("A & B < C \"=\" 1.2345", System.Xml.Linq.XDocument.Parse(svg).Descendants().First(e => e.Value.Contains("A & B", StringComparison.Ordinal) && !e.HasElements).Value.Trim());
        Assert.DoesNotContain(", \"", svg);
        Assert.Contains("viewBox", svg);
    }

    [Fact]
    public void A_figure_has_its_text_where_the_machine_has_no_fonts()
    {
        var drawn = new DrawnFigure(FigureSamples.AblateSign());
        // In the child process below fonts are hidden; then SkiaSharp knows at most one family, which has no name and no shapes.
        if (Environment.GetEnvironmentVariable("MINIGRAD_FONTS_HIDDEN") == "1") Assert.All(SkiaSharp.SKFontManager.Default.FontFamilies, name => Assert.Equal("", name));
        foreach (string text in new[] { "Does the sign help AdaMuon?", "step", "validation loss (nats per byte)", "100", "300", "2.0" })
        {
            DrawnText found = Assert.Single(drawn.Texts, t => t.Text == text);
            Assert.True(drawn.Ink(found.Box) > 0.1, $"'{text}' has ink on {drawn.Ink(found.Box):P1} of {found.Box}");
        }
    }

    [Fact]
    public async Task Hidden_fonts_leave_the_text_as_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "fonts are hidden by a mount namespace");
        string method = $"{typeof(DrawnFigureTests).FullName}.{nameof(A_figure_has_its_text_where_the_machine_has_no_fonts)}";
        // As root or as a user where that is allowed; elsewhere at least the user's own fonts are gone.
        const string Script = """
            if unshare -m true 2>/dev/null; then hide="unshare -m"; elif unshare -rm true 2>/dev/null; then hide="unshare -rm"; else hide=; fi
            [ -n "$hide" ] || exec "$@"
            export MINIGRAD_FONTS_HIDDEN=1
            exec $hide sh -c 'for d in /usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts"; do [ ! -d "$d" ] || mount -t tmpfs none "$d" || exit 1; done; exec "$@"' sh "$@"
            """;
        await TestChild.RunAsync("a figure without fonts", ["-method", method], environment => environment["FONTCONFIG_FILE"] = "/dev/null", TestContext.Current.CancellationToken, ["sh", "-c", Script, "sh"]);
    }
}
