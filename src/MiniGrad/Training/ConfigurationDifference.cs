using System.Text.Json.Nodes;

namespace MiniGrad.Training;

/// <summary>Compares two configurations field by field.</summary>
public static class ConfigurationDifference
{
    private const int Shown = 8;

    /// <summary>The fields that differ, in words, such as <c>model.nEmbd is 64 in the checkpoint and 128 here</c>, or null.</summary>
    /// <param name="saved">The configuration that was saved.</param>
    /// <param name="now">The configuration that is asked for.</param>
    /// <param name="there">Where the saved one is.</param>
    public static string? Of(JsonObject saved, JsonObject now, string there = "in the checkpoint")
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentNullException.ThrowIfNull(now);
        SortedDictionary<string, string> old = Flatten(saved), here = Flatten(now);
        string[] fields = [.. old.Keys.Union(here.Keys).Where(key => old.GetValueOrDefault(key) != here.GetValueOrDefault(key)).Order(StringComparer.Ordinal)];
        if (fields.Length == 0) return null;
        IEnumerable<string> words = fields.Take(Shown).Select(key => $"{key} is {old.GetValueOrDefault(key, "not there")} {there} and {here.GetValueOrDefault(key, "not there")} here");
        return string.Join("; ", words) + (fields.Length > Shown ? $"; and {fields.Length - Shown} more fields" : "");
    }

    private static SortedDictionary<string, string> Flatten(JsonObject json)
    {
        var flat = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(json, "", flat);
        return flat;
    }

    private static void Add(JsonNode? node, string path, SortedDictionary<string, string> flat)
    {
        if (node is JsonObject json)
        {
            foreach ((string key, JsonNode? value) in json) Add(value, path.Length == 0 ? key : $"{path}.{key}", flat);
        }
        else
        {
            flat.Add(path, node?.ToJsonString() ?? "null");
        }
    }
}
