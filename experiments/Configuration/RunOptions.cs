using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MiniGrad.Experiments.Commands;

namespace MiniGrad.Experiments.Configuration;

/// <summary>The options that the properties of a record of settings declare by <see cref="RunOptionAttribute"/>.</summary>
/// <typeparam name="T">The settings.</typeparam>
internal sealed class RunOptions<T>
    where T : class
{
    private readonly (PropertyInfo Property, RunOptionAttribute Attribute, Option Option)[] _all = [.. Declared.Select(d => (d.Property, d.Attribute, Of(d.Property, d.Attribute)))];

    private static IEnumerable<(PropertyInfo Property, RunOptionAttribute Attribute)> Declared =>
        from property in typeof(T).GetProperties() let attribute = property.GetCustomAttribute<RunOptionAttribute>() where attribute is not null select (property, attribute);

    public IEnumerable<Option> All => _all.Select(one => one.Option);

    /// <summary>Those whose value may have a best learning rate of its own.</summary>
    public IEnumerable<Option> Retuning => _all.Where(one => one.Attribute.Retunes).Select(one => one.Option);

    /// <summary>Writes what was given into settings that nobody else has yet.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="settings">The settings.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="CommandException">A value is too small, too large or unknown.</exception>
    public T Apply(ParseResult parsed, T settings)
    {
        foreach ((PropertyInfo property, RunOptionAttribute attribute, Option option) in _all)
        {
            if (parsed.GetResult(option) is { Implicit: false } given) property.SetValue(settings, Checked(attribute, Plain(property), given.GetValueOrDefault<object?>()));
        }
        return settings;
    }

    /// <summary>Adds what decides a run's numbers to its identity.</summary>
    public static void AddTo(JsonObject identity, T settings)
    {
        foreach ((PropertyInfo property, RunOptionAttribute attribute) in Declared)
        {
            if (!attribute.InIdentity) continue;
            object? value = property.GetValue(settings);
            // As runs have it that were saved before there was such an option.
            if (value is null && property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition == JsonIgnoreCondition.WhenWritingNull) continue;
            identity[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] = value is Enum ? value.ToString() : JsonSerializer.SerializeToNode(value);
        }
    }

    private static Option Of(PropertyInfo property, RunOptionAttribute a)
    {
        Type type = Plain(property);
        if (type == typeof(bool)) return new CommandOption<bool>(a.Name) { Description = a.Description, Group = a.Group, Use = a.Use };
        if (type == typeof(int)) return CommonOptions.Number(a.Name, a.Description, a.Use, a.Group);
        if (type == typeof(double)) return CommonOptions.Real(a.Name, a.Description, a.Use, a.Group);
        return type == typeof(string) || type.IsEnum
            ? new CommandOption<string?>(a.Name) { Description = a.Description, Group = a.Group, Use = a.Use }
            : throw new NotSupportedException($"{typeof(T).Name}.{property.Name}: an option is a flag, an int, a double, a text or an enum, and this is of type {type.Name}");
    }

    private static object? Checked(RunOptionAttribute a, Type type, object? value) => value switch
    {
        string name when type.IsEnum => Choice.Of(type, a.Name, name),
        string { Length: 0 } => throw CommandException.Usage($"{a.Name} is empty; give a text"),
        int or double when Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && (number < a.Least || number > a.Most) =>
            throw CommandException.Usage(string.Create(CultureInfo.InvariantCulture, $"{a.Name} {value}: must be {(number < a.Least ? $"at least {a.Least}" : $"at most {a.Most}")}")),
        _ => value,
    };

    private static Type Plain(PropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
}
