using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

public sealed class FontTests
{
    [Fact]
    public void Width_is_proportional_to_size_and_adds_up()
    {
        Assert.Equal(0, TextFont.Measure("", 12));
        Assert.Equal(2 * TextFont.Measure("loss 1.84", 12), TextFont.Measure("loss 1.84", 24), 9);
        Assert.True(TextFont.Measure("iiii", 12) < TextFont.Measure("mmmm", 12) / 2);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(150)]
    [InlineData(600)]
    public void Wrapped_lines_fit_and_keep_the_words(double width)
    {
        const string text = "mean over 3 seeds with a 95 % band; corpus: the API documentation as bytes; protocol shared";
        List<string> lines = TextFit.Wrap(text, 10, width, 99);
        Assert.All(lines, l => Assert.True(TextFont.Measure(l, 10) <= width + 1e-9, l));
        if (lines.TrueForAll(l => !l.Contains('…')))
            Assert.Equal(text, string.Join(' ', lines));
        List<string> two = TextFit.Wrap(text, 10, 150, 2);
        Assert.Equal(2, two.Count);
        Assert.EndsWith("…", two[1]);
    }
}
