using System.Text.Json.Nodes;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Probes;

/// <summary>Validates the weights' average whenever the weights are validated, into <c>ema.jsonl</c> of the run's folder.</summary>
internal sealed class AverageWatch : IRunWatch
{
    /// <summary>The file's name.</summary>
    public const string FileName = "ema.jsonl";

    private readonly TrainingSession _session;
    private readonly StreamWriter _file;
    private double? _last;

    /// <summary>Begins, or goes on after the steps that were logged before.</summary>
    public AverageWatch(TrainingSession session, string folder, IReadOnlyList<StepMetrics> history)
    {
        _session = session;
        string path = Path.Combine(folder, FileName);
        long step = history.Count == 0 ? 0 : history[^1].Step;
        string[] kept = step > 0 && File.Exists(path) ? [.. File.ReadLines(path).TakeWhile(line => LogLine.StepOf(line) <= step)] : [];
        if (kept.Length > 0) _last = (double?)JsonNode.Parse(kept[^1])!["validationLoss"] ?? double.NaN;
        AtomicFile.WriteText(path, string.Concat(kept.Select(line => line + "\n")));
        _file = new StreamWriter(path, append: true) { NewLine = "\n", AutoFlush = true };
    }

    public void Logged(StepMetrics metrics)
    {
        if (metrics.ValidationLoss is null) return;
        using (_session.Optimizer.Average!.Apply()) _last = _session.Evaluator!.Evaluate();
        _file.WriteLine(new JsonObject { ["step"] = metrics.Step, ["validationLoss"] = double.IsFinite(_last.Value) ? _last : null }.ToJsonString(Json.Lines));
    }

    public void Diagnosed(long step, IReadOnlyList<ParameterDiagnostics> parameters)
    {
    }

    /// <summary><c>ema.validationLoss</c>: the average's at the end.</summary>
    public IEnumerable<(string Key, double Value)> Measures() => _last is { } loss ? [("ema.validationLoss", loss)] : [];

    public void Dispose() => _file.Dispose();
}
