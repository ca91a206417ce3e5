using System.Text.Json;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>Writes <c>metrics.jsonl</c>: one line per logged step, handed to the system as it is written, brought to the disk before every checkpoint.</summary>
internal sealed class MetricsFile : IDisposable
{
    public const string Name = "metrics.jsonl";
    private readonly FileStream _stream;
    private readonly StreamWriter _writer;

    private MetricsFile(string folder, FileMode mode)
    {
        _stream = new FileStream(Path.Combine(folder, Name), mode, FileAccess.Write, FileShare.Read);
        _writer = new StreamWriter(_stream) { NewLine = "\n", AutoFlush = true };
    }

    /// <summary>An empty file.</summary>
    public static MetricsFile Create(string folder)
    {
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, Name)); // not emptied: the same file may have another name elsewhere
        return new MetricsFile(folder, FileMode.CreateNew);
    }

    /// <summary>The file cut back to a step, to be appended to, and the lines that stayed.</summary>
    /// <exception cref="CheckpointException">A line before the step is missing or damaged.</exception>
    public static (MetricsFile File, IReadOnlyList<StepMetrics> History) CutBack(string folder, int step, TrainingOptions training)
    {
        string path = Path.Combine(folder, Name);
        string[] lines = File.Exists(path) ? File.ReadAllText(path).Split('\n') : [];
        int kept = Enumerable.Range(1, step).Count(training.IsLogged);
        List<StepMetrics> history = Parse(lines.Take(kept), path);
        if (history.Count != kept || (kept > 0 && history[^1].Step != Enumerable.Range(1, step).Last(training.IsLogged)))
            throw new CheckpointException($"{path} does not have the {kept} lines up to step {step} of the checkpoint; restore it, or remove the run's folder to begin it anew");
        AtomicFile.WriteText(path, string.Concat(lines.Take(kept).Select(line => line + "\n")));
        return (new MetricsFile(folder, FileMode.Append), history);
    }

    /// <summary>All lines of a finished run.</summary>
    /// <exception cref="CheckpointException">A line is damaged.</exception>
    public static IReadOnlyList<StepMetrics> Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        return Parse(File.ReadAllText(path).Split('\n').SkipLast(1), path);
    }

    public void Write(StepMetrics metrics) => _writer.WriteLine(JsonSerializer.Serialize(metrics, Json.Log));

    /// <summary>Brings all lines to the disk: a checkpoint must not be ahead of them.</summary>
    public void Flush() => _stream.Flush(flushToDisk: true);

    public void Dispose() => _writer.Dispose();

    private static List<StepMetrics> Parse(IEnumerable<string> lines, string path)
    {
        var metrics = new List<StepMetrics>();
        foreach (string line in lines)
        {
            try
            {
                metrics.Add(JsonSerializer.Deserialize<StepMetrics>(line, Json.Log) ?? throw new JsonException());
            }
            catch (JsonException e)
            {
                throw new CheckpointException($"{path}: line {metrics.Count + 1} is damaged; restore it, or remove the run's folder to begin it anew", e);
            }
        }
        return metrics;
    }
}
