using System.Text.Json.Nodes;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Board;

/// <summary>Finds run folders below the given ones and the runs that their manifests name. Links are not followed.</summary>
/// <param name="roots">Run folders, or folders of them.</param>
internal sealed class RunFinder(IReadOnlyList<string> roots)
{
    private const int Deepest = 4;
    private readonly Dictionary<string, BoardExperiment> _experiments = new(StringComparer.Ordinal);
    private readonly HashSet<string> _runs = new(StringComparer.Ordinal);

    public IReadOnlyCollection<BoardExperiment> Experiments => _experiments.Values;

    /// <summary>Looks again; returns the runs that were not there before.</summary>
    public IReadOnlyList<BoardRun> FindNew()
    {
        var found = new List<BoardRun>();
        foreach (string root in roots)
        {
            foreach (string folder in RunFolders(root, Deepest)) Add(folder, found);
        }
        return found;
    }

    private static IEnumerable<string> RunFolders(string folder, int depth)
    {
        if (!Directory.Exists(folder)) return [];
        if (File.Exists(Path.Combine(folder, "manifest.json"))) return [folder];
        if (depth == 0) return [];
        return new DirectoryInfo(folder).EnumerateDirectories("*", Quietly).OrderBy(d => d.Name, StringComparer.Ordinal)
            .SelectMany(d => RunFolders(d.FullName, depth - 1));
    }

    private static EnumerationOptions Quietly => new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden };

    private void Add(string folder, List<BoardRun> found)
    {
        if (BoardExperiment.ReadJson(Path.Combine(folder, "manifest.json")) is not { } manifest || manifest["runs"] is not JsonArray runs) return;
        if (!_experiments.TryGetValue(folder, out BoardExperiment? experiment)) _experiments[folder] = experiment = new BoardExperiment(_experiments.Count, folder);
        foreach (JsonNode? run in runs)
        {
            try
            {
                if (run is JsonObject described && Place(folder, (string?)described["folder"]) is { } own && _runs.Add(own))
                    found.Add(Run(own, experiment.Id, manifest, described));
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException)
            {
                // A manifest that was tampered with: what can be read of it is shown.
            }
        }
    }

    // A manifest may come from anywhere: its folders must lie in its own, without links on the way.
    private static string? Place(string folder, string? name)
    {
        if (string.IsNullOrEmpty(name)) return null;
        string root = Path.GetFullPath(folder), own = Path.GetFullPath(Path.Combine(root, name));
        if (!own.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
        for (DirectoryInfo? d = new(own); d is not null && d.FullName.Length > root.Length; d = d.Parent)
        {
            if (d.LinkTarget is not null) return null;
        }
        return own;
    }

    private BoardRun Run(string folder, int experiment, JsonObject manifest, JsonObject run)
    {
        string arm = (string?)run["arm"] ?? "", variant = (string?)run["variant"] ?? "run";
        JsonObject? conditions = manifest["arms"] is JsonArray arms ? arms.OfType<JsonObject>().FirstOrDefault(a => (string?)a["name"] == arm) : null;
        JsonNode? settings = (conditions ?? manifest)["settings"];
        var flat = new JsonObject();
        Flatten(flat, "", settings, "training", "checkpoints", "optimizerChanges");
        Flatten(flat, "optimizer.", run["optimizer"]);
        Flatten(flat, "corpus.", (conditions ?? manifest)["corpus"]);
        flat["learningRate"] = run["learningRate"]?.DeepClone(); // its own, not the shared one
        foreach (string key in (string[])["codeVersion", "runtime", "instructions", "backend"]) flat[key] = manifest[key]?.DeepClone();
        return new BoardRun(folder)
        {
            Id = _runs.Count - 1,
            Experiment = experiment,
            Arm = arm,
            Variant = variant,
            LearningRate = (double?)run["learningRate"] ?? double.NaN,
            Seed = (long?)run["seed"] ?? 0,
            Steps = (long?)settings?["steps"] ?? 0,
            Settings = flat,
            Color = Hex(Palette.For(variant)),
        };
    }

    private static string Hex(Rgb color) => $"#{color.R:x2}{color.G:x2}{color.B:x2}";

    private static void Flatten(JsonObject flat, string prefix, JsonNode? node, params ReadOnlySpan<string> without)
    {
        if (node is not JsonObject values) return;
        foreach ((string key, JsonNode? value) in values)
        {
            if (without.Contains(key)) continue;
            if (value is JsonObject) Flatten(flat, $"{prefix}{key}.", value);
            else flat[prefix + key] = value is JsonArray ? value.ToJsonString(Json.Lines) : value?.DeepClone();
        }
    }
}
