using System.Text.Json.Nodes;

namespace MiniGrad.Experiments;

/// <summary>A JSON object as dotted keys with their values as text.</summary>
internal static class FlatJson
{
    public static Dictionary<string, string> Of(JsonObject json)
    {
        var flat = new Dictionary<string, string>();
        Add("", json);
        return flat;

        void Add(string prefix, JsonObject nested)
        {
            foreach ((string key, JsonNode? value) in nested)
            {
                if (value is JsonObject inner) Add($"{prefix}{key}.", inner);
                else flat[prefix + key] = value is JsonValue text && text.TryGetValue(out string? words) ? words : value?.ToJsonString() ?? "none";
            }
        }
    }

    /// <summary>The keys whose values differ, in the order of the second object, with the value of each; <c>none</c> where one has none.</summary>
    public static IEnumerable<(string Key, string Was, string Is)> Differences(JsonObject before, JsonObject now)
    {
        const string None = "none";
        Dictionary<string, string> old = Of(before), here = Of(now);
        return here.Keys.Union(old.Keys).Select(key => (key, old.GetValueOrDefault(key, None), here.GetValueOrDefault(key, None))).Where(pair => pair.Item2 != pair.Item3);
    }
}
