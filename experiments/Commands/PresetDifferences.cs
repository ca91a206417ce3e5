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

    private static string[] Between(OptimizerOptions ours, OptimizerOptions theirs) =>
        [.. FlatJson.Differences(ours.ToJson(), theirs.ToJson()).Where(d => d.Key != "preset").Select(d => $"{d.Key} {d.Is} instead of {d.Was}")];
}
