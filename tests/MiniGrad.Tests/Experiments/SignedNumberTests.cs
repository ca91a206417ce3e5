using System.Globalization;
using System.Text.RegularExpressions;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Tests.Build;

namespace MiniGrad.Tests.Experiments;

/// <summary>Numbers with a sign: what rounds to 0 has none.</summary>
public sealed partial class SignedNumberTests
{
    [Theory]
    [InlineData(null, -0.0004, "0.000")]
    [InlineData(null, 0.0004, "0.000")]
    [InlineData(null, -0.0006, "−0.001")]
    [InlineData(null, 0.0006, "+0.001")]
    [InlineData(Measures.TokensToBaseline, -0.4, "0")]
    [InlineData(Measures.TokensToBaseline, -1234.0, "−1,234")]
    public void What_rounds_to_0_has_no_sign(string? measure, double value, string expected) =>
        Assert.Equal(expected, value.ToString(Measures.FormatOf(measure, signed: true), CultureInfo.InvariantCulture));

    [Fact]
    public void Every_signed_format_says_what_becomes_of_0()
    {
        // Without a third part, −0.0004 is written as -+0.000.
        Assert.Equal("-+0.000", (-0.0004).ToString("+0.000;−0.000", CultureInfo.InvariantCulture));
        Assert.SkipWhen(Repository.Root is null, "the test assembly was moved away from its source tree");
        string[] files = [.. ((string[])["experiments", "src"]).SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root!, folder), "*.cs", SearchOption.AllDirectories))];
        Assert.True(files.Length > 100);
        Assert.DoesNotContain(files, file => TwoParts().IsMatch(File.ReadAllText(file)));
    }

    [GeneratedRegex(@"\+[0#,.]+;[−-][0#,.]+[""}]")]
    private static partial Regex TwoParts();
}
