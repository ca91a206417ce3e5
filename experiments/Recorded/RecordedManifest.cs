using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Recorded;

/// <summary>A manifest, of a run folder or published, from which the run can be repeated.</summary>
internal sealed record RecordedManifest
{
    private const long MostCurves = 1 << 29;

    // What decides whether numbers are bit-equal.
    private static readonly string[] Machine = ["codeVersion", "runtime", "system", "instructions", "backend"];

    public required string Path { get; init; }

    public required JsonObject Json { get; init; }

    public required RecordedCommand Command { get; init; }

    /// <summary>The lines of the curves beside it, or null where there are none.</summary>
    public required string[]? Curves { get; init; }

    public JsonArray Runs => Json["runs"]!.AsArray();

    /// <summary>The shard that ran, or null for the whole plan.</summary>
    public Shard? Shard => (string?)Json["shard"] is { } shard ? Running.Shard.Of(shard) : null;

    /// <summary>Where it ran: <c>cpu</c> or <c>gpu:N</c>.</summary>
    public string Device => (string?)Json["settings"]!["device"] ?? Configuration.Devices.Cpu;

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="CommandException">There is none, it is damaged, or it does not have what is needed to repeat the run.</exception>
    public static RecordedManifest Read(string path)
    {
        if (Directory.Exists(path)) path = System.IO.Path.Combine(path, Manifest.FileName);
        if (!File.Exists(path)) throw Invalid($"there is no file '{path}'; give a run folder's manifest.json, or a published one such as plots/gallery/ablate-sign/manifest.json");
        string curves = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, CurvesFile.Name);
        foreach (string file in (string[])[path, curves])
        {
            if (Entries.Kind(file) is EntryKind.Link or EntryKind.Special) throw Invalid($"'{file}' is a link or no file; put a copy in its place");
        }
        JsonObject json;
        try
        {
            json = JsonInput.ReadObject(path);
            if ((string?)json["command"] is { } name && json["options"] is null) throw Invalid($"'{path}' records no options of '{name}' (it is older than reproduce, or of a command that does not train); run '{name}' again, its manifest will have them");
            var manifest = new RecordedManifest { Path = path, Json = json, Command = RecordedWords.Checked(RecordedCommand.Of(json), path), Curves = File.Exists(curves) ? Lines(curves) : null };
            _ = (manifest.Shard, manifest.Device);
            return manifest.Runs.All(r => r is JsonObject) && Arms(json).All(arm => arm is JsonObject && arm["settings"] is JsonObject && arm["corpus"] is JsonObject) && json["settings"] is JsonObject && json["corpus"] is JsonObject ? manifest : throw Damaged(path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw Damaged(path);
        }
    }

    /// <summary>What differs between the machine and program of the record and these.</summary>
    /// <param name="here">A manifest that was written here.</param>
    public IEnumerable<string> MachineDifferences(JsonObject here) => Machine
        .Where(key => Json[key]?.ToJsonString() != here[key]?.ToJsonString())
        .Select(key => $"{key}: {Shown.Quote(Json[key]?.ToString() ?? "not")} recorded, {here[key]?.ToString() ?? "none"} here");

    /// <summary>Refuses a plan that is not the recorded one.</summary>
    /// <param name="here">A manifest of the plan, as this version of the program makes it.</param>
    /// <param name="runs">How many of its runs are to be repeated.</param>
    /// <exception cref="CommandException">Corpus, settings or runs differ, or a run has not ended.</exception>
    public void Require(JsonObject here, int runs)
    {
        foreach ((JsonNode recorded, JsonNode now) in Arms(Json).Zip(Arms(here)))
        {
            (JsonNode? was, JsonNode? isNow) = (recorded["corpus"]!["sha256"], now["corpus"]!["sha256"]);
            if (!JsonNode.DeepEquals(was, isNow)) throw Invalid($"the corpus '{now["corpus"]!["name"]}' has the SHA-256 {isNow} and the recorded one {Shown.Quote(was?.ToString() ?? "none")}; give the corpus that was trained on with --corpus PATH");
            if (Shared(recorded["settings"], now["settings"]) is { } difference) throw OtherPlan($"settings.{difference}");
        }
        JsonArray planned = here["runs"]!.AsArray();
        if (planned.Count != Runs.Count) throw OtherPlan($"{Runs.Count} runs are recorded, and {planned.Count} are planned here");
        for (int i = 0; i < runs; i++)
        {
            (JsonNode recorded, JsonNode now) = (Runs[i]!, planned[i]!);
            foreach (string key in (string[])["variant", "learningRate", "seed"])
            {
                if (!JsonNode.DeepEquals(recorded[key], now[key])) throw OtherPlan($"{key} of run {i + 1} is {Shown.Quote(recorded[key]?.ToString() ?? "nothing")} in the record and {now[key]} here");
            }
            if (Shared(recorded["optimizer"], now["optimizer"]) is { } difference) throw OtherPlan($"optimizer.{difference} ({Shown.Quote(recorded["variant"]!.ToString())})");
            if (recorded["outcome"] is null) throw Invalid($"run {i + 1} of the record had not ended; give the manifest of a finished run");
        }
    }

    private static string[] Lines(string path) => Encoding.UTF8.GetString(InputFile.ReadAllBytes(path, MostCurves)).TrimEnd('\n').Split('\n');

    // The first arm's stand at the top where it is the only one.
    private static IEnumerable<JsonNode> Arms(JsonObject manifest) => manifest["arms"] is JsonArray arms ? arms.OfType<JsonNode>() : [manifest];

    // A key that only one of two versions has cannot be compared.
    private static string? Shared(JsonNode? recorded, JsonNode? now)
    {
        if (recorded is not JsonObject was || now is not JsonObject isNow) return null;
        foreach ((string key, JsonNode? value) in was.Where(pair => pair.Key is not ("threads" or "checkpoints" or "learningRateSource" or "from" or "tokenizer") && isNow.ContainsKey(pair.Key)))
        {
            if (value is JsonObject && isNow[key] is JsonObject)
            {
                if (Shared(value, isNow[key]) is { } inner) return $"{key}.{inner}";
            }
            else if (!JsonNode.DeepEquals(value, isNow[key]))
            {
                return $"{Shown.Quote(key)} is {Shown.Quote(value?.ToJsonString() ?? "null")} in the record and {Shown.Quote(isNow[key]?.ToJsonString() ?? "null")} here";
            }
        }
        return null;
    }

    private CommandException OtherPlan(string difference) => Invalid($"this version of '{Command.Command}' plans other runs: {difference}; reproduce it with the version that wrote it, {Shown.Quote(Json["codeVersion"]?.ToString() ?? "which it does not name")}");

    private static CommandException Damaged(string path) => Invalid($"'{path}' is damaged or no manifest of a training command; restore it");

    private static CommandException Invalid(string message) => new(ExitCode.InvalidData, $"reproduce: {message}");
}
