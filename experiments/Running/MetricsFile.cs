using System.Text.Json;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>Writes <c>metrics.jsonl</c>: one line per logged step, flushed as it is written.</summary>
internal sealed class MetricsFile : IDisposable
{
    private readonly StreamWriter _writer;

    public MetricsFile(string folder)
    {
        Directory.CreateDirectory(folder);
        _writer = new StreamWriter(Path.Combine(folder, "metrics.jsonl"), append: false) { NewLine = "\n", AutoFlush = true };
    }

    public void Write(StepMetrics metrics) => _writer.WriteLine(JsonSerializer.Serialize(metrics, Json.Lines));

    public void Dispose() => _writer.Dispose();
}
