using System.Reflection;
using MiniGrad.Optim;
using MiniGrad.Tests.Build;

namespace MiniGrad.Tests.Optim;

/// <summary>The 44 properties that optimizers must have are numbered; a test that holds one says so with <c>[Trait("Property", "23")]</c>, and docs/optimizers.md has the list.</summary>
public sealed class PropertyTableTests
{
    private const int Count = 44;

    private static readonly (int Property, MethodInfo Test)[] Held =
    [
        .. from type in typeof(PropertyTableTests).Assembly.GetTypes()
           from method in type.GetMethods()
           from trait in method.GetCustomAttributes<TraitAttribute>()
           where trait.Name == "Property"
           select (int.Parse(trait.Value, System.Globalization.CultureInfo.InvariantCulture), method),
    ];

    [Fact]
    public void Every_property_has_a_test()
    {
        Assert.Empty(Enumerable.Range(1, Count).Except(Held.Select(held => held.Property)));
        Assert.All(Held, held => Assert.InRange(held.Property, 1, Count));
    }

    [Fact]
    public void Every_test_of_a_property_is_in_the_documentation_beside_its_number()
    {
        string[] lines = Documentation();
        foreach ((int property, MethodInfo test) in Held)
        {
            string name = $"`{test.DeclaringType!.Name}.{test.Name}`";
            Assert.True(lines.Any(line => line.StartsWith($"| {property} |", StringComparison.Ordinal) && line.Contains(name, StringComparison.Ordinal)), $"docs/optimizers.md lacks {name} in the row of property {property}");
        }
    }

    [Fact]
    public void The_switches_of_other_implementations_are_valid()
    {
        const string Title = "## Other implementations";
        string[] rows = [.. Documentation().SkipWhile(line => line != Title).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).TakeWhile(line => !line.StartsWith("| | ", StringComparison.Ordinal)).Skip(1)];
        Assert.True(rows.Length >= 8, $"{rows.Length} rows");
        foreach (string row in rows)
        {
            string[] words = row.Split('`')[1].Split(' ');
            OptimizerOptions options = Rig.Options(words[0], words[1..]);
            Assert.NotEmpty(options.Compile());
        }
    }

    [Fact]
    public void Every_preset_is_in_the_documentation_with_its_state()
    {
        string[] lines = Documentation();
        foreach (Preset preset in Presets.All)
        {
            string row = lines.First(line => line.StartsWith($"| `{preset.Name}` |", StringComparison.Ordinal));
            string copies = preset.State[(preset.State.LastIndexOf(": ", StringComparison.Ordinal) + 2)..].Replace(" × the parameter", "×", StringComparison.Ordinal);
            Assert.Contains($": {copies} |", row, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_key_is_in_the_documentation()
    {
        string text = string.Concat(Documentation());
        Assert.All(OptimizerOptions.Keys, key => Assert.Contains($"`{key}`", text, StringComparison.Ordinal));
    }

    private static string[] Documentation()
    {
        Assert.SkipWhen(Repository.Root is null, "the documentation is not beside the tests");
        return File.ReadAllLines(Path.Combine(Repository.Root!, "docs", "optimizers.md"));
    }
}
