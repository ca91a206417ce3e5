using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MiniGrad.IO;

/// <summary>A model's sizes and switches as <c>config.json</c>: <c>{"format":"minigrad","model":{"nLayer":4,…}}</c>.</summary>
public static class ModelConfig
{
    private const string Format = "minigrad";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new NamedEnumConverter() },
    };

    /// <summary>The options as JSON.</summary>
    /// <param name="options">The options.</param>
    public static JsonObject ToJson(GptOptions options) => JsonSerializer.SerializeToNode(options, Options)!.AsObject();

    /// <summary>The bytes of the file.</summary>
    /// <param name="options">The options.</param>
    public static byte[] Write(GptOptions options) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["format"] = Format, ["model"] = ToJson(options) }, Options);

    /// <summary>Whether a <c>config.json</c> is ours.</summary>
    /// <param name="config">The parsed file.</param>
    public static bool IsOurs(JsonNode? config) => config is JsonObject json && json["format"] is JsonValue format && format.TryGetValue(out string? name) && name == Format;

    /// <summary>Reads the file.</summary>
    /// <param name="config">Its bytes.</param>
    /// <param name="where">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not ours, or the options do not fit each other.</exception>
    public static GptOptions Read(ReadOnlyMemory<byte> config, string where)
    {
        try
        {
            JsonObject json = JsonInput.ParseObject(config, where);
            if (!IsOurs(json)) throw new CheckpointException($"{where}: not a model of this program; expected \"format\": \"{Format}\"");
            return json["model"].Deserialize<GptOptions>(Options)?.Validated() ?? throw new CheckpointException($"{where}: has no \"model\"");
        }
        catch (JsonException e)
        {
            // "$.nLayer": the field's own name.
            throw new CheckpointException($"{where}: model{e.Path?.TrimStart('$')} is not what this program writes", e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            throw new CheckpointException(e is InvalidDataException ? e.Message : $"{where}: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
