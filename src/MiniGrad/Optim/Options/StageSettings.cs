using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace MiniGrad.Optim;

/// <summary>A setting of a stage, given as text: <c>stages.my-stage.beta=0.9</c> sets <c>Beta</c> of the stages named <c>my-stage</c>.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Property">The property, as it is written in text.</param>
/// <param name="Value">The value, as JSON.</param>
internal readonly record struct StageSetting(string Stage, string Property, string Value)
{
    public const string Prefix = "stages.";

    public string Key => $"{Prefix}{Stage}.{Property}";
}

/// <summary>
/// Settings of stages that have no key of their own, so that a new stage or a new property of one can be set from the
/// command line without one. They change the list that everything else compiled to.
/// </summary>
internal sealed class StageSettings : IReadOnlyCollection<StageSetting>, IEquatable<StageSettings>
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private readonly StageSetting[] _settings;

    private StageSettings(IEnumerable<StageSetting> settings) => _settings = [.. settings.OrderBy(setting => setting.Key, StringComparer.Ordinal)];

    public static StageSettings None { get; } = new([]);

    public int Count => _settings.Length;

    /// <summary>These settings with one more, or another value of one.</summary>
    public StageSettings With(string key, OptionValue value)
    {
        if (key[StageSetting.Prefix.Length..].Split('.') is not [var stage, var property]) throw new ArgumentException($"unknown optimizer key '{key}'; expected stages.NAME.SETTING, such as stages.momentum.beta");
        return new(_settings.Where(setting => setting.Key != key).Append(new StageSetting(stage, property, value.Json.GetRawText())));
    }

    /// <summary>The same without one.</summary>
    public StageSettings Without(string key) => new(_settings.Where(setting => setting.Key != key));

    /// <summary>The list with these settings.</summary>
    /// <exception cref="ArgumentException">There is no such stage or setting, or the value is not of its kind; the message names the nearest.</exception>
    public StageList Apply(StageList stages) => _settings.Aggregate(stages, Apply);

    public bool Equals(StageSettings? other) => other is not null && _settings.AsSpan().SequenceEqual(other._settings);

    public override bool Equals(object? obj) => Equals(obj as StageSettings);

    public override int GetHashCode() => _settings.Length;

    public IEnumerator<StageSetting> GetEnumerator() => _settings.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _settings.GetEnumerator();

    private static StageList Apply(StageList stages, StageSetting setting)
    {
        if (!stages.Any(stage => stage.Name == setting.Stage)) throw new ArgumentException(NearestName.Message("stage", setting.Stage, stages.Select(stage => stage.Name).Distinct()));
        return [.. stages.Select(stage => stage.Name == setting.Stage ? Apply(stage, setting) : stage)];
    }

    private static Stage Apply(Stage stage, StageSetting setting)
    {
        PropertyInfo[] settable = [.. stage.GetType().GetProperties(Own).Where(property => property.CanWrite && IsText(property.PropertyType))];
        PropertyInfo property = Array.Find(settable, p => NameOf(p) == setting.Property)
            ?? throw new ArgumentException(NearestName.Message($"setting of stage '{stage.Name}'", setting.Property, settable.Select(NameOf)));
        Stage changed = stage with { };
        property.SetValue(changed, Read(property.PropertyType, new OptionValue(setting.Key, JsonDocument.Parse(setting.Value).RootElement)));
        return changed;
    }

    private static string NameOf(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private static bool IsText(Type type) => type == typeof(double) || type == typeof(double?) || type == typeof(int) || type == typeof(bool) || type.IsEnum;

    private static object? Read(Type type, OptionValue value) =>
        type == typeof(double) ? value.Number()
        : type == typeof(double?) ? value.NumberOrNull()
        : type == typeof(int) ? value.Integer()
        : type == typeof(bool) ? value.Flag()
        : value.Choice(type);
}
