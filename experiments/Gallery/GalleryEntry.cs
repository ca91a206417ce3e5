using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Recorded;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Gallery;

/// <summary>A published figure, as its folder under <c>plots/gallery</c> tells of it.</summary>
internal sealed class GalleryEntry
{
    private readonly string _folder;
    private readonly JsonObject? _manifest, _result;

    private GalleryEntry(string folder)
    {
        _folder = folder;
        (_manifest, _result) = (Read("manifest.json"), Read("result.json"));
    }

    /// <summary>The entry of a folder, or null where there is no figure.</summary>
    /// <exception cref="CommandException">A file of it is damaged.</exception>
    public static GalleryEntry? Of(string folder) => File.Exists(Path.Combine(folder, "figure.png")) ? new GalleryEntry(folder) : null;

    public string Name => Path.GetFileName(_folder);

    /// <summary>The experiment that it is of.</summary>
    public string Experiment => (string?)_result?["experiment"] ?? (string?)_manifest?["command"] ?? Name;

    /// <summary>What the figure shows, in a sentence.</summary>
    public string Finding => (string?)_result?["finding"] ?? OfVerdict() ?? OfClaims() ?? OfLosses() ?? FirstParagraph();

    /// <summary>The command that made it, without paths.</summary>
    public string CommandLine
    {
        get
        {
            string[] words = _manifest?["options"] is JsonArray ? GivenOptions(RecordedCommand.Of(_manifest)) : [(string?)_manifest?["command"] ?? Experiment];
            return $"dotnet run --project experiments -- {string.Join(' ', words.Select(Quoted))}";
        }
    }

    /// <summary>Whether the command plans other runs by now.</summary>
    public bool IsOfOlderPlan => _manifest is not null && OlderPlan.Is(_manifest);

    /// <summary>Sizes, seeds and corpora, or null where nothing was trained.</summary>
    public string? Size
    {
        get
        {
            if (_manifest?["runs"] is not JsonArray runs || _manifest["corpus"] is null) return null;
            JsonObject[] arms = _manifest["arms"] is JsonArray several ? [.. several.OfType<JsonObject>()] : [_manifest];
            string sizes = string.Join("; ", arms.Select(SizeOf).Distinct());
            string names = arms.Length > 1 ? $"{arms.Length} arms ({string.Join("; ", arms.Select(a => (string?)a["name"]))}); " : "";
            int seeds = runs.Select(r => (ulong)r!["seed"]!).Distinct().Count();
            string corpora = string.Join(" and ", arms.Select(a => (string?)a["corpus"]?["name"]).Distinct());
            return string.Create(CultureInfo.InvariantCulture, $"{names}{sizes}; {seeds} seed{(seeds == 1 ? "" : "s")}, {runs.Count} runs; corpus {corpora}");
        }
    }

    /// <summary>Its further figures.</summary>
    public IEnumerable<string> MoreFigures => Files("figure-*.png");

    /// <summary>Files with a word for each, in the order in which they are named.</summary>
    public IEnumerable<(string File, string Word)> Links
    {
        get
        {
            (string File, string Word)[] links = [("README.md", "report"), .. Files("*.csv").Select(file => (file, "data")), ("result.json", "numbers"), ("manifest.json", "manifest"), ("figure.svg", "SVG")];
            return links.Where(link => File.Exists(Path.Combine(_folder, link.File)));
        }
    }

    private static string SizeOf(JsonObject arm)
    {
        (JsonNode settings, JsonNode model) = (arm["settings"]!, arm["settings"]!["model"]!);
        return string.Create(CultureInfo.InvariantCulture, $"{settings["profile"]} ({model["nLayer"]}×{model["nEmbd"]}, context {model["blockSize"]}), {(int)settings["steps"]!:N0} steps of {(int)settings["batch"]! * (int)model["blockSize"]!:N0} tokens, {settings["schedule"]} rate");
    }

    // Published before findings were: the verdict says it.
    private string? OfVerdict()
    {
        if (_result?["verdict"] is not JsonObject verdict || (string?)verdict["outcome"] is not { Length: > 0 } outcome || outcome == "none" || verdict["difference"] is not { } difference) return null;
        string interval = verdict["interval"] is JsonArray ends ? string.Create(CultureInfo.InvariantCulture, $", 95 % interval {(double)ends[0]!:+0.000;−0.000;0.000} to {(double)ends[1]!:+0.000;−0.000;0.000}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(outcome[0])}{outcome[1..]}: {verdict["claim"]} (difference {(double)difference:+0.000;−0.000;0.000}{interval}, n = {verdict["n"]})");
    }

    // Of several claims the refuted ones are named: a reader wants those.
    private string? OfClaims()
    {
        if (_result?["claims"] is not JsonArray claims) return null;
        // A check of the code is no finding, unless it fails.
        (string Claim, string Outcome)[] all = [.. claims.Where(c => (string)c!["outcome"]! != "holds").Select(c => ((string)c!["claim"]!, (string)c["outcome"]!))];
        string rest = string.Concat(all.Where(c => c.Outcome != "confirmed").Select(c => $"; {c.Outcome}: {c.Claim}"));
        return $"{all.Count(c => c.Outcome == "confirmed")} of {all.Length} claims confirmed{rest}";
    }

    // An experiment that claims nothing ranks its variants.
    private string? OfLosses()
    {
        if (_result?["variants"] is not JsonArray variants) return null;
        (string? Name, double? Loss)[] losses = [.. variants.Select(v => ((string?)v!["name"], (double?)v["finalValidationLoss"]?["mean"])).Where(v => v.Item2 is not null).OrderBy(v => v.Item2)];
        if (losses.Length < 2) return null;
        string arm = _result["arms"] is JsonArray { Count: > 1 } arms ? $" ({(string?)arms[0]!["name"]})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"Lowest of {losses.Length} final validation losses{arm}: {losses[0].Name} with {losses[0].Loss:F3} nats, then {losses[1].Name} with {losses[1].Loss:F3}; highest: {losses[^1].Name} with {losses[^1].Loss:F3}");
    }

    private string FirstParagraph()
    {
        string readme = Path.Combine(_folder, "README.md");
        return (File.Exists(readme) ? File.ReadLines(readme).FirstOrDefault(line => line.Length > 0 && line[0] != '#') : null) ?? Name;
    }

    private static string[] GivenOptions(RecordedCommand command) => Commands.GivenOptions.Arguments(command.Command, command.Options);

    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_=.,:/+".Contains(c, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(_folder, pattern).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal);

    private JsonObject? Read(string file)
    {
        string path = Path.Combine(_folder, file);
        try
        {
            return File.Exists(path) ? JsonInput.ReadObject(path) : null;
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(ExitCode.InvalidData, $"gallery: {e.Message}; publish the run again with 'gallery add'");
        }
    }
}
