using System.Text.Json.Nodes;
using MiniGrad.Optim;

namespace MiniGrad.Experiments.Commands;

/// <summary>How a preset differs from those closest to it, key by key.</summary>
internal static class PresetDifferences
{
    private const int Neighbours = 3;

    /// <summary>The nearest presets of the same family, each with <c>key: theirs instead of ours</c>.</summary>
    public static IReadOnlyList<(string Name, string[] Changes)> Nearest(Preset preset) =>
    [
        .. Presets.All
            .Where(other => other.Name != preset.Name && other.Options.Kind == preset.Options.Kind)
            .Select(other => (other.Name, Changes: Between(preset.Options, other.Options)))
            .OrderBy(pair => pair.Changes.Length)
            .Take(Neighbours),
    ];

    private static string[] Between(OptimizerOptions ours, OptimizerOptions theirs)
    {
        Dictionary<string, string> mine = Flat(ours), other = Flat(theirs);
        return [.. mine.Keys.Union(other.Keys).Where(key => key != "preset" && Value(mine, key) != Value(other, key)).Select(key => $"{key} {Value(other, key)} instead of {Value(mine, key)}")];
    }

    private static string Value(Dictionary<string, string> values, string key) => values.GetValueOrDefault(key, "unset");

    private static Dictionary<string, string> Flat(OptimizerOptions options)
    {
        var flat = new Dictionary<string, string>();
        Add("", options.ToJson());
        return flat;

        void Add(string prefix, JsonObject json)
        {
            foreach ((string key, JsonNode? value) in json)
            {
                if (value is JsonObject nested) Add($"{prefix}{key}.", nested);
                else flat[prefix + key] = value?.ToJsonString() ?? "null";
            }
        }
    }
}
