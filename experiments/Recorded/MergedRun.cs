using System.Text.Json.Nodes;
using MiniGrad.Experiments.Reporting;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Recorded;

/// <summary>Writes the runs of several folders as one run folder, which is then like any other: it can be drawn, reported, published and reproduced.</summary>
internal static class MergedRun
{
    // What a manifest says of its machine.
    private static readonly string[] Machine = ["codeVersion", "runtime", "system", "processors", "instructions", "backend"];

    /// <summary>Copies every run, and writes what the folder was told and what ran where.</summary>
    /// <param name="plan">The plan that was read.</param>
    /// <param name="folder">An empty folder.</param>
    public static void Write(RecordedPlan plan, string folder)
    {
        foreach (RecordedRun run in plan.Runs)
        {
            string own = Path.Combine(folder, run.Record.Run.Folder);
            Directory.CreateDirectory(own);
            // Checkpoints stay where they are: a run that has ended needs none.
            foreach (string file in Directory.EnumerateFiles(run.Folder)) AtomicFile.WriteBytes(Path.Combine(own, Path.GetFileName(file)), File.ReadAllBytes(file));
        }
        RecordedCommand command = plan.Sources[0].Command.Without("--shard");
        command.Write(folder);
        JsonObject manifest = Manifest.Of(command.Command, RecordedPaths.Names(command.Options), plan.Plan, [.. plan.Runs.Select(r => r.Record)], 0);
        foreach (string key in (string[])["jobs", .. Machine]) manifest[key] = Common(plan.Sources, key);
        manifest["mergedFrom"] = new JsonArray([.. plan.Sources.SelectMany(Parts)]);
        AtomicFile.WriteText(Path.Combine(folder, Manifest.FileName), manifest.ToJsonString(Json.Documents) + "\n");
    }

    // One value where all machines agree, else all of them.
    private static JsonNode? Common(IReadOnlyList<RunSource> sources, string key)
    {
        JsonNode?[] distinct = [.. sources.Select(s => s.Manifest[key]).DistinctBy(v => v?.ToJsonString())];
        return distinct.Length == 1 ? distinct[0]?.DeepClone() : string.Join("; ", distinct.OfType<JsonNode>().Select(v => v.ToString()));
    }

    // What was merged before says what it was merged from.
    private static IEnumerable<JsonNode> Parts(RunSource source)
    {
        if (source.Manifest["mergedFrom"] is JsonArray parts) return parts.Select(p => p!.DeepClone());
        var part = new JsonObject { ["shard"] = source.Manifest["shard"]?.DeepClone(), ["created"] = source.Manifest["created"]?.DeepClone() };
        foreach (string key in Machine) part[key] = source.Manifest[key]?.DeepClone();
        part["runs"] = new JsonArray([.. source.RunFolders.Select(f => JsonValue.Create(f))]);
        return [part];
    }
}
