using System.Text.Json;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Probes;

/// <summary><c>layers.jsonl</c> in a run's folder: the measures of every layer at some steps.</summary>
internal sealed class LayersFile : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = "layers.jsonl";

    private readonly StreamWriter _writer;

    /// <summary>The file of a run that goes on after a step; what is there of later steps is dropped.</summary>
    public LayersFile(string folder, long step)
    {
        string path = Path.Combine(folder, FileName);
        string[] kept = File.Exists(path) ? [.. File.ReadLines(path).TakeWhile(line => Parse(line) is { } measure && measure.Step <= step)] : [];
        AtomicFile.WriteText(path, string.Concat(kept.Select(line => line + "\n")));
        _writer = new StreamWriter(path, append: true) { NewLine = "\n", AutoFlush = true };
    }

    /// <summary>The measures of a run in the order of its steps; none where the run was not watched.</summary>
    /// <exception cref="InvalidDataException">A line is damaged.</exception>
    public static IReadOnlyList<LayerMeasure> Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return [];
        return [.. File.ReadLines(path).Select((line, i) => Parse(line) ?? throw new InvalidDataException($"{path}: line {i + 1} is damaged; remove the run's folder to begin it anew"))];
    }

    /// <summary>The measures of one run of an experiment, from its own folder or from the file of a published figure.</summary>
    /// <param name="folder">The experiment's folder.</param>
    /// <param name="run">The run's folder inside it.</param>
    /// <exception cref="InvalidDataException">A line is damaged.</exception>
    public static IReadOnlyList<LayerMeasure> Read(string folder, string run)
    {
        IReadOnlyList<LayerMeasure> own = Read(Path.Combine(folder, run));
        string name = run.Replace('\\', '/');
        return own.Count > 0 ? own : [.. Read(folder).Where(measure => measure.Run == name)];
    }

    /// <summary>The measures of all runs of an experiment as one file, or null where none was watched.</summary>
    /// <param name="folder">The experiment's folder.</param>
    public static byte[]? OfAll(string folder)
    {
        var text = new System.Text.StringBuilder();
        foreach (string file in Directory.EnumerateFiles(folder, FileName, SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string run = Path.GetRelativePath(folder, Path.GetDirectoryName(file)!).Replace('\\', '/');
            foreach (LayerMeasure measure in Read(Path.GetDirectoryName(file)!)) text.Append(JsonSerializer.Serialize(measure with { Run = measure.Run ?? run }, Json.Lines)).Append('\n');
        }
        return text.Length == 0 ? null : System.Text.Encoding.UTF8.GetBytes(text.ToString());
    }

    public void Write(IEnumerable<LayerMeasure> measures)
    {
        foreach (LayerMeasure measure in measures) _writer.WriteLine(JsonSerializer.Serialize(measure, Json.Lines));
    }

    public void Dispose() => _writer.Dispose();

    // A line that a kill cut short lies behind the checkpoint that the run goes on from.
    private static LayerMeasure? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<LayerMeasure>(line, Json.Lines);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
