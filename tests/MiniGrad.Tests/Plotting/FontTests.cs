using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

public sealed class FontTests
{
    [Fact]
    public void Every_character_in_use_has_a_drawing_of_its_own()
    {
        string characters = new string([.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c)]) + "βηλσμγεΔα−×±…–—≤≥√·½²³₀₁₂→↑↓∇∞≈°‖’‘“”";
        Assert.All(characters, c => Assert.True(StrokeFont.Has(c), $"'{c}' (U+{(int)c:X4})"));
        string[] drawings = [.. characters.Select(c => string.Join('|', StrokeFont.Of(c).Strokes.Select(s => string.Join(' ', s))))];
        Assert.Equal(characters.Length, drawings.Distinct().Count());
    }

    [Fact]
    public void Drawings_stay_within_their_boxes()
    {
        foreach (char c in Enumerable.Range(0x21, 0x5E).Select(c => (char)c).Concat("βηλσμγεΔα−×±…–—≤≥√·½²³₀₁₂→↑↓∇∞≈°‖’‘“”"))
        {
            StrokeFont.Glyph glyph = StrokeFont.Of(c);
            foreach (Point p in glyph.Strokes.SelectMany(s => s))
            {
                Assert.True(p.X >= -1 && p.X <= glyph.Width + 1, $"'{c}': x {p.X} outside 0 to {glyph.Width}");
                Assert.True(p.Y >= -StrokeFont.Descent - 1 && p.Y <= StrokeFont.Ascent, $"'{c}': y {p.Y}");
            }
        }
    }

    [Fact]
    public void An_unknown_character_is_an_empty_box()
    {
        Assert.False(StrokeFont.Has('漢'));
        Point[] box = Assert.Single(StrokeFont.Of('漢').Strokes);
        Assert.Equal(box[0], box[^1]);
        Assert.Equal(5, box.Length);
    }

    [Fact]
    public void Width_is_proportional_to_size_and_adds_up()
    {
        Assert.Equal(0, StrokeFont.Measure("", 12));
        Assert.Equal(2 * StrokeFont.Measure("loss 1.84", 12), StrokeFont.Measure("loss 1.84", 24), 9);
        Assert.True(StrokeFont.Measure("iiii", 12) < StrokeFont.Measure("mmmm", 12) / 2);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(150)]
    [InlineData(600)]
    public void Wrapped_lines_fit_and_keep_the_words(double width)
    {
        const string text = "mean over 3 seeds with a 95 % band; corpus: the API documentation as bytes; protocol shared";
        List<string> lines = TextFit.Wrap(text, 10, width, 99);
        Assert.All(lines, l => Assert.True(StrokeFont.Measure(l, 10) <= width + 1e-9, l));
        if (lines.TrueForAll(l => !l.Contains('…')))
            Assert.Equal(text, string.Join(' ', lines));
        List<string> two = TextFit.Wrap(text, 10, 150, 2);
        Assert.Equal(2, two.Count);
        Assert.EndsWith("…", two[1]);
    }
}
