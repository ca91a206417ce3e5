using System.Text.Json;
using MiniGrad.Plotting;
using MiniGrad.Tests.Plotting;

namespace MiniGrad.Tests.Build;

/// <summary>
/// The figure of a finished experiment is there, whole, and shows every variant. The result (the output of an experiment's
/// <c>--json</c>) is named by an environment variable, since a run takes longer than a test should.
/// </summary>
public sealed class QuickRunFigureTests
{
    private const string Variable = "MINIGRAD_RESULT";
    private const int LeastPixels = 200;

    [Fact]
    public void Figure_shows_every_variant()
    {
        string? path = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(path), $"{Variable} names no result of an experiment (--json)");

        using JsonDocument result = JsonDocument.Parse(File.ReadAllText(path));
        string figure = result.RootElement.GetProperty("figure").GetString()!;
        string[] variants = [.. result.RootElement.GetProperty("variants").EnumerateArray().Select(v => v.GetProperty("name").GetString()!)];

        // The program ran in the repository's root; xunit runs tests in the folder of their assembly.
        var image = new DrawnFigure(Path.Combine(Repository.Root!, figure));
        Assert.Empty(image.Problems());
        Assert.True(variants.Length >= 2, $"{path} has {variants.Length} variants");
        foreach ((string variant, Rgb color) in variants.Zip(Palette.Assign(variants)))
        {
            int pixels = image.Count(color);
            Assert.True(pixels >= LeastPixels, $"{figure}: {variant} ({color}) has {pixels} pixels, expected at least {LeastPixels}");
        }
    }
}
