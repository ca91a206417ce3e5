using System.Text.Json;

namespace MiniGrad.Optim;

/// <summary>Reads members of a JSON object, with an error line for what is missing or of the wrong kind.</summary>
internal readonly struct CaseReader
{
    private readonly JsonElement _json;

    public CaseReader(JsonElement json) => _json = json.ValueKind == JsonValueKind.Object ? json : throw new InvalidDataException($"found {json.ValueKind.ToString().ToLowerInvariant()}; expected an object");

    public bool Has(string name) => _json.TryGetProperty(name, out _);

    public JsonElement Member(string name) => _json.TryGetProperty(name, out JsonElement value) ? value : throw new InvalidDataException($"'{name}' is missing");

    public IEnumerable<JsonElement> Items(string name)
    {
        JsonElement value = Member(name);
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw new InvalidDataException($"'{name}' is not a list");
    }

    public double Number(string name)
    {
        JsonElement value = Member(name);
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw new InvalidDataException($"'{name}' is {value.GetRawText()}; expected a number");
    }

    public string? Text(string name) => Has(name) && Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
