using MiniGrad.Optim;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>Keeps, writes and passes on what a run logs.</summary>
internal sealed class RunLog : ITrainingObserver, IDisposable
{
    private readonly MetricsFile? _file;
    private readonly DiagnosticsFile? _diagnostics;
    private readonly Action<StepMetrics> _shown;
    private readonly List<StepMetrics> _history;

    private RunLog(MetricsFile? file, DiagnosticsFile? diagnostics, IReadOnlyList<StepMetrics> history, Action<StepMetrics> shown) => (_file, _diagnostics, _history, _shown) = (file, diagnostics, [.. history], shown);

    /// <summary>A new log, or one cut back to a state.</summary>
    public static RunLog Open(string folder, TrainingState? from, TrainingOptions training, Action<StepMetrics> shown)
    {
        if (from is null) return new RunLog(MetricsFile.Create(folder), new DiagnosticsFile(folder), [], shown);
        (MetricsFile file, IReadOnlyList<StepMetrics> history) = MetricsFile.CutBack(folder, from.Step, training);
        return new RunLog(file, DiagnosticsFile.CutBack(folder, from.Step), history, shown);
    }

    /// <summary>A log that writes and shows nothing, for the ranks that leave this to the first.</summary>
    public static RunLog None() => new(null, null, [], _ => { });

    public IReadOnlyList<StepMetrics> History => _history;

    public void Logged(StepMetrics metrics)
    {
        _history.Add(metrics);
        _file?.Write(metrics);
        _shown(metrics);
    }

    public void Diagnosed(long step, IReadOnlyList<ParameterDiagnostics> parameters) => _diagnostics?.Write(step, parameters);

    public void Flush() => _file?.Flush();

    public void Dispose()
    {
        _file?.Dispose();
        _diagnostics?.Dispose();
    }
}
