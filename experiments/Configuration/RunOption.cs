using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;

namespace MiniGrad.Experiments.Configuration;

/// <summary>
/// Makes a number among <see cref="RunSettings"/> an option of every training command: declared, read and part of a run's
/// identity by this line. The settings' own default, or what the builder computed, holds where it is not given.
/// </summary>
/// <param name="name">The option, such as <c>--warmup</c>.</param>
/// <param name="description">What it is, for <c>--help</c>.</param>
/// <param name="least">The least value that is allowed.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RunOptionAttribute(string name, string description, double least) : Attribute
{
    public string Name => name;

    public string Description => description;

    public double Least => least;
}

/// <summary>The options that <see cref="RunSettings"/> declares itself.</summary>
internal sealed class RunOptions
{
    private readonly (PropertyInfo Property, RunOptionAttribute Attribute, Option<string?> Option)[] _all =
    [
        .. from property in typeof(RunSettings).GetProperties()
           let attribute = property.GetCustomAttribute<RunOptionAttribute>()
           where attribute is not null
           select (property, attribute, new Option<string?>(attribute.Name) { Description = attribute.Description }),
    ];

    public IEnumerable<Option> All => _all.Select(one => one.Option);

    /// <summary>The settings with what was given.</summary>
    /// <exception cref="CommandException">A value is no number, or too small.</exception>
    public RunSettings Apply(ParseResult parsed, RunSettings settings)
    {
        RunSettings changed = settings with { };
        foreach ((PropertyInfo property, RunOptionAttribute attribute, Option<string?> option) in _all)
        {
            if (parsed.GetValue(option) is { } text) property.SetValue(changed, Read(attribute, text));
        }
        return changed;
    }

    /// <summary>Adds what is not there yet to what decides a run's numbers.</summary>
    public static void AddTo(JsonObject identity, RunSettings settings)
    {
        foreach (PropertyInfo property in typeof(RunSettings).GetProperties().Where(p => p.IsDefined(typeof(RunOptionAttribute))))
        {
            string key = char.ToLowerInvariant(property.Name[0]) + property.Name[1..];
            if (!identity.ContainsKey(key)) identity[key] = (double)property.GetValue(settings)!;
        }
    }

    private static double Read(RunOptionAttribute attribute, string text)
    {
        bool read = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value);
        if (!read) throw CommandException.Usage($"{attribute.Name} {text}: expected a number");
        return value >= attribute.Least ? value : throw CommandException.Usage(string.Create(CultureInfo.InvariantCulture, $"{attribute.Name} {text}: must be at least {attribute.Least}"));
    }
}
