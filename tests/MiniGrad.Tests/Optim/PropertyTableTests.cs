using System.Reflection;
using System.Text.RegularExpressions;
using MiniGrad.Tests.Build;

namespace MiniGrad.Tests.Optim;

/// <summary>The properties that optimizers must have are numbered in docs/optimizers.md; a test that holds one says so with <c>[Trait("Property", "23")]</c>.</summary>
public sealed partial class PropertyTableTests
{
    private static readonly (int Property, MethodInfo Test)[] Held =
    [
        .. from type in typeof(PropertyTableTests).Assembly.GetTypes()
           from method in type.GetMethods()
           from trait in method.GetCustomAttributes<TraitAttribute>()
           where trait.Name == "Property"
           select (int.Parse(trait.Value, System.Globalization.CultureInfo.InvariantCulture), method),
    ];

    [Fact]
    public void Every_property_of_the_documentation_has_a_test_and_every_tested_one_is_there()
    {
        int[] documented = [.. Documentation().Select(line => PropertyRow().Match(line)).Where(match => match.Success).Select(match => int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.NotEmpty(documented);
        Assert.Equal(Held.Select(held => held.Property).Distinct().Order(), documented);
    }

    [Fact]
    public void The_switches_of_other_implementations_are_valid()
    {
        const string Title = "## Other implementations";
        string[] rows = [.. Documentation().SkipWhile(line => line != Title).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).TakeWhile(line => !line.StartsWith("| | ", StringComparison.Ordinal)).Skip(1)];
        Assert.NotEmpty(rows);
        foreach (string row in rows)
        {
            string[] words = row.Split('`')[1].Split(' ');
            OptimizerOptions options = Rig.Options(words[0], words[1..]);
            Assert.NotEmpty(options.Compile());
        }
    }

    [Fact]
    public void Every_preset_in_the_documentation_has_the_state_that_it_says()
    {
        Match[] rows = [.. Documentation().Select(line => PresetRow().Match(line)).Where(match => match.Success)];
        Assert.NotEmpty(rows);
        foreach (Match row in rows)
        {
            string state = Presets.Get(row.Groups["name"].Value).State;
            string copies = state[(state.LastIndexOf(": ", StringComparison.Ordinal) + 2)..].Replace(" × the parameter", "×", StringComparison.Ordinal);
            Assert.Equal(copies, row.Groups["copies"].Value);
        }
    }

    [Fact]
    public void Every_key_is_in_the_documentation()
    {
        string text = string.Concat(Documentation());
        Assert.All(OptimizerOptions.Keys, key => Assert.Contains($"`{key}`", text, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| (\d+) \| .* \|$")]
    private static partial Regex PropertyRow();

    [GeneratedRegex(@"^\| `(?<name>[a-z0-9-]+)` \|.*: (?<copies>\d+×) \| (?:recorded|equations) \|$")]
    private static partial Regex PresetRow();

    private static string[] Documentation()
    {
        Assert.SkipWhen(Repository.Root is null, "the documentation is not beside the tests");
        return File.ReadAllLines(Path.Combine(Repository.Root!, "docs", "optimizers.md"));
    }
}
