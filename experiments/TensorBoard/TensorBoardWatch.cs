using System.Text.Json.Nodes;
using MiniGrad.Experiments.Probes;
using MiniGrad.Training;

namespace MiniGrad.Experiments.TensorBoard;

/// <summary>Writes what a run logs into an event file beside <c>metrics.jsonl</c>.</summary>
internal sealed class TensorBoardWatch : IRunWatch
{
    private readonly EventFile _file;

    /// <summary>Begins the file.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="history">The steps that were logged before; they lie in earlier files.</param>
    /// <param name="configuration">Every setting of the run.</param>
    public TensorBoardWatch(string folder, IReadOnlyList<StepMetrics> history, JsonObject configuration)
    {
        _file = new EventFile(folder, history.Count == 0 ? 0 : history[^1].Step + 1);
        if (history.Count == 0) _file.Text(0, "configuration", $"```json\n{configuration.ToJsonString(Json.Documents)}\n```");
        _file.Flush();
    }

    public void Logged(StepMetrics metrics)
    {
        _file.Scalars(metrics.Step, Values(metrics));
        _file.Flush();
    }

    public void Diagnosed(long step, IReadOnlyList<ParameterDiagnostics> parameters) =>
        _file.Scalars(step, parameters.Select(p => ($"update-rms/{p.Parameter}", p.UpdateRms)));

    public void Dispose() => _file.Dispose();

    private static IEnumerable<(string Tag, double Value)> Values(StepMetrics m)
    {
        yield return ("loss/train", m.TrainLoss);
        if (m.ValidationLoss is { } loss) yield return ("loss/validation", loss);
        yield return ("learning-rate", m.LearningRate);
        yield return ("gradient-norm", m.GradientNorm);
        yield return ("update-rms", m.UpdateRms);
        yield return ("tokens", m.Tokens);
        yield return ("seconds", m.Seconds);
    }
}
