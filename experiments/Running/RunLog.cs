using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>Keeps, writes and passes on what a run logs.</summary>
internal sealed class RunLog : ITrainingObserver, IDisposable
{
    private readonly MetricsFile? _file;
    private readonly Action<StepMetrics> _shown;
    private readonly List<StepMetrics> _history;

    private RunLog(MetricsFile? file, IReadOnlyList<StepMetrics> history, Action<StepMetrics> shown) => (_file, _history, _shown) = (file, [.. history], shown);

    /// <summary>A new log, or one cut back to a state.</summary>
    public static RunLog Open(string folder, TrainingState? from, TrainingOptions training, Action<StepMetrics> shown)
    {
        if (from is null) return new RunLog(MetricsFile.Create(folder), [], shown);
        (MetricsFile file, IReadOnlyList<StepMetrics> history) = MetricsFile.CutBack(folder, from.Step, training);
        return new RunLog(file, history, shown);
    }

    /// <summary>A log that writes and shows nothing, for the ranks that leave this to the first.</summary>
    public static RunLog None() => new(null, [], _ => { });

    public IReadOnlyList<StepMetrics> History => _history;

    public void Logged(StepMetrics metrics)
    {
        _history.Add(metrics);
        _file?.Write(metrics);
        _shown(metrics);
    }

    public void Flush() => _file?.Flush();

    public void Dispose() => _file?.Dispose();
}
