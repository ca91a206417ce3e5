using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.IO.HuggingFace;

/// <summary>The fields of a <c>config.json</c>, each read as what it must be, or refused in one line.</summary>
internal sealed class ConfigFields(JsonObject config, string path)
{
    public bool Has(string name) => config[name] is not null;

    public int Int(string name, int? otherwise = null) => Read(name, otherwise, v => v.TryGetValue(out int number) ? number : null, "a whole number");

    public double Number(string name, double otherwise) => Read<double>(name, otherwise, v => v.TryGetValue(out double number) ? number : null, "a number");

    public bool Flag(string name, bool otherwise) => Read<bool>(name, otherwise, v => v.TryGetValue(out bool flag) ? flag : null, "true or false");

    public string Text(string name, string otherwise) => config[name] switch
    {
        null => otherwise,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonNode other => throw Refuse(name, other.ToJsonString(), "a string"),
    };

    public void Require(string name, bool value)
    {
        if (Flag(name, value) != value) throw Refuse(name, value ? "false" : "true", value ? "true" : "false");
    }

    public InvalidDataException Refuse(string name, string found, string expected) => new($"'{path}': {name} is {found}; expected {expected}");

    private T Read<T>(string name, T? otherwise, Func<JsonValue, T?> read, string expected)
        where T : struct => config[name] switch
        {
            null => otherwise ?? throw new InvalidDataException($"'{path}': {name} is missing; expected {expected}"),
            JsonValue value when read(value) is { } result => result,
            JsonNode other => throw Refuse(name, other.ToJsonString(), expected),
        };
}
