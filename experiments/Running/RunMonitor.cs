using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>Where a run stands, as a display sees it.</summary>
internal enum RunState
{
    Waiting,
    Running,
    Finished,
    Diverged,
    Interrupted,
}

/// <summary>A snapshot of one run for a display.</summary>
internal sealed record RunStatus(PlannedRun Run, RunState State, StepMetrics? Last, double? ValidationLoss);

/// <summary>Collects where all runs stand; written by the runs' threads, read by the display's.</summary>
internal sealed class RunMonitor
{
    private readonly Lock _lock = new();
    private readonly RunStatus[] _runs;

    public RunMonitor(IReadOnlyList<PlannedRun> plan, int stepsPerRun)
    {
        _runs = [.. plan.Select(run => new RunStatus(run, RunState.Waiting, null, null))];
        StepsPerRun = stepsPerRun;
    }

    public int StepsPerRun { get; }

    /// <summary>Raised, on the run's own thread, when a run is evaluated or ends.</summary>
    public event Action<RunStatus>? Milestone;

    public IReadOnlyList<RunStatus> Snapshot()
    {
        lock (_lock) return [.. _runs];
    }

    public void Logged(int index, StepMetrics metrics)
    {
        RunStatus status = Change(index, s => s with { State = RunState.Running, Last = metrics, ValidationLoss = metrics.ValidationLoss ?? s.ValidationLoss });
        if (metrics.ValidationLoss is not null) Milestone?.Invoke(status);
    }

    public void Started(int index) => Change(index, s => s with { State = RunState.Running });

    public void Ended(int index, TrainingResult result)
    {
        RunState state = result.Outcome switch
        {
            TrainingOutcome.Completed => RunState.Finished,
            TrainingOutcome.Diverged => RunState.Diverged,
            _ => RunState.Interrupted,
        };
        RunStatus status = Change(index, s => s with { State = state });
        if (state != RunState.Finished) Milestone?.Invoke(status);
    }

    private RunStatus Change(int index, Func<RunStatus, RunStatus> change)
    {
        lock (_lock) return _runs[index] = change(_runs[index]);
    }
}
