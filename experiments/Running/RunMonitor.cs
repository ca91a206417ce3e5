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
internal sealed record RunStatus(PlannedRun Run, int Steps, RunState State, StepMetrics? Last, double? ValidationLoss)
{
    /// <summary>How much of the run is done, from 0 to 1.</summary>
    public double Done => State is RunState.Finished or RunState.Diverged ? 1 : (double)(Last?.Step ?? 0) / Steps;
}

/// <summary>Collects where all runs stand; written by the runs' threads, read by the display's.</summary>
internal sealed class RunMonitor
{
    private readonly Lock _lock = new();
    private readonly RunStatus[] _runs;

    public RunMonitor(Plan plan) => _runs = [.. plan.Runs.Select(run => new RunStatus(run, plan.StepsOf(run), RunState.Waiting, null, null))];

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
