using System.Text.Json;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Probes;

/// <summary><c>layers.jsonl</c> in a run's folder: the measures of every layer at some steps.</summary>
internal sealed class LayersFile : IDisposable
{
    private const string FileName = "layers.jsonl";
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
