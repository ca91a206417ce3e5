using System.Text.Json.Nodes;

namespace MiniGrad.Tests.Experiments;

/// <summary>What a test reads in run folders.</summary>
internal static class RunFiles
{
    /// <summary>All metrics of a run folder by file, times left out.</summary>
    public static Dictionary<string, string> Metrics(string run) => Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(run, path), path => string.Join('\n', File.ReadLines(path).Select(WithoutTimes)));

    /// <summary>The tensors of every run's last checkpoint, by file.</summary>
    public static Dictionary<string, byte[]> LastTensors(string run) => Directory.GetDirectories(run, "checkpoints", SearchOption.AllDirectories)
        .Select(folder => Directory.GetDirectories(folder, "step-*").Order(StringComparer.Ordinal).Last())
        .SelectMany(folder => Directory.GetFiles(folder, "*.safetensors"))
        .ToDictionary(path => Path.GetRelativePath(run, path), File.ReadAllBytes);

    /// <summary>Names that only an unfinished write has.</summary>
    public static IEnumerable<string> Strays(string run) => Directory.GetFileSystemEntries(run, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        .Where(path => Path.GetFileName(path).StartsWith('.'));

    /// <summary>Lines of the only metrics file, which a program is writing.</summary>
    public static int LoggedSteps(string run)
    {
        string? path = Directory.Exists(run) ? Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories).FirstOrDefault() : null;
        if (path is null) return 0;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Count(c => c == '\n');
    }

    public static void AssertEqual(string expected, string actual)
    {
        Assert.Equal(Metrics(expected), Metrics(actual));
        Dictionary<string, byte[]> there = LastTensors(expected), here = LastTensors(actual);
        Assert.Equal(there.Keys.Order(StringComparer.Ordinal), here.Keys.Order(StringComparer.Ordinal));
        Assert.All(there, file => Assert.True(file.Value.AsSpan().SequenceEqual(here[file.Key]), file.Key));
        Assert.Empty(Strays(actual));
    }

    /// <summary>That a run folder's report says what another's does: every file but the figure, times and places left out.</summary>
    public static void AssertSameReport(string expected, string actual)
    {
        Assert.Equal(Metrics(expected), Metrics(actual));
        foreach (string file in (string[])["table.md", "report.md", "verdict.json", "result.json", "curves.csv", "manifest.json"])
        {
            Assert.Equal(Comparable(Path.Combine(expected, file)), Comparable(Path.Combine(actual, file)));
        }
        Assert.Equal(File.Exists(Path.Combine(expected, "figure.png")), File.Exists(Path.Combine(actual, "figure.png")));
        Assert.Empty(Strays(actual));
    }

    private static string Comparable(string path)
    {
        string text = File.ReadAllText(path);
        return Path.GetExtension(path) switch
        {
            ".csv" => string.Join('\n', text.Split('\n').Select(line => string.Join(',', line.Split(',').Where((_, column) => column != 6)))),
            ".json" => WithoutPassing(JsonNode.Parse(text)!).ToJsonString(),
            _ => text,
        };
    }

    private static JsonNode WithoutPassing(JsonNode json)
    {
        if (json is JsonArray array)
        {
            foreach (JsonNode? item in array) if (item is not null) WithoutPassing(item);
        }
        else if (json is JsonObject document)
        {
            foreach (string key in (string[])["secondsPerStep", "created", "resumedFrom", "options", "checkpoints"]) document.Remove(key);
            foreach (JsonNode? value in document.Select(pair => pair.Value).ToArray()) if (value is not null) WithoutPassing(value);
        }
        return json;
    }

    private static string WithoutTimes(string line)
    {
        JsonObject json = JsonNode.Parse(line)!.AsObject();
        json.Remove("seconds");
        return json.ToJsonString();
    }
}
