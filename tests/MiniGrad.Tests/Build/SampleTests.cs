using System.Globalization;
using System.Text.RegularExpressions;

namespace MiniGrad.Tests.Build;

/// <summary>The programs of samples/ run as they stand, and README's example is one of them.</summary>
[Trait("Category", "Slow")]
public sealed partial class SampleTests
{
    // One test: they build one library, which two at a time would do at once.
    [Fact]
    public async Task Every_sample_runs_and_says_what_it_promises()
    {
        Assert.SkipWhen(Repository.Root is null, "no source tree");
        string folder = Path.Combine(Repository.Root!, "samples");
        var promises = new Dictionary<string, Action<string>>
        {
            ["readme.cs"] = LossFalls,
            ["spirals.cs"] = output =>
            {
                LossFalls(output);
                Assert.Contains("orthogonalized: 2 matrices", output, StringComparison.Ordinal); // not the head
            },
            ["gpt.cs"] = LossFalls,
            ["custom-stage.cs"] = output => Assert.Contains("the built-in stage's bits: True; saved after 25 steps and resumed: True", output, StringComparison.Ordinal),
            ["custom-op.cs"] = output => Assert.Equal(2, Regex.Count(output, "gradcheck passed")),
            ["gpt2.cs"] = output => Assert.Matches(@"continued by \d+( \d+){19}", output),
        };
        Assert.Equal(Directory.EnumerateFiles(folder, "*.cs").Select(Path.GetFileName).Order(), promises.Keys.Order());
        foreach ((string name, Action<string> promise) in promises) promise(await DotnetProgram.RunAsync(folder, "run", name));
    }

    [Fact]
    public async Task README_shows_a_sample_of_at_most_fifteen_lines()
    {
        Assert.SkipWhen(Repository.Root is null, "no source tree");
        string[] sample = await File.ReadAllLinesAsync(Path.Combine(Repository.Root!, "samples", "readme.cs"), TestContext.Current.CancellationToken);
        string program = string.Join('\n', sample.Where(line => !line.StartsWith("#:", StringComparison.Ordinal)));
        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root!, "README.md"), TestContext.Current.CancellationToken);
        Assert.Contains($"```csharp\n{program}\n```", readme, StringComparison.Ordinal);
        Assert.InRange(program.Split('\n').Length, 1, 15);
    }

    private static void LossFalls(string output)
    {
        double[] losses = [.. Loss().Matches(output).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.True(losses.Length >= 4, output);
        Assert.True(losses[^1] < 0.5 * losses[0], output);
    }

    [GeneratedRegex(@"loss (\d+\.\d+)")]
    private static partial Regex Loss();
}
