using System.Diagnostics;
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
    /// <summary>Tokens of the whole run: what its share of the plan's time is measured by.</summary>
    public long Tokens { get; init; }

    /// <summary>How much of it was done before this start of the program: all of a run that is read, part of one that goes on.</summary>
    public double DoneBefore { get; init; }

    /// <summary>How much of the run is done, from 0 to 1.</summary>
    public double Done => State is RunState.Finished or RunState.Diverged ? 1 : (double)(Last?.Step ?? 0) / Steps;
}

/// <summary>Collects where all runs stand; written by the runs' threads, read by the display's.</summary>
internal sealed class RunMonitor
{
    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly RunStatus[] _runs;

    public RunMonitor(Plan plan) => _runs = [.. plan.Runs.Select(run => new RunStatus(run, plan.StepsOf(run), RunState.Waiting, null, null) { Tokens = (long)plan.StepsOf(run) * plan.WorkloadOf(run).Settings.TokensPerStep })];

    /// <summary>Where the plan stands.</summary>
    public PlanProgress Progress => PlanProgress.Of(Snapshot(), Stopwatch.GetElapsedTime(_start));

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

    /// <summary>A run begins, or goes on.</summary>
    /// <param name="index">Its place in the plan.</param>
    /// <param name="step">The step that it goes on from; 0 from the beginning.</param>
    public void Started(int index, long step = 0) => Change(index, s => s with { State = RunState.Running, DoneBefore = (double)step / s.Steps });

    public void Ended(int index, TrainingResult result)
    {
        RunState state = result.Outcome switch
        {
            TrainingOutcome.Completed => RunState.Finished,
            TrainingOutcome.Diverged => RunState.Diverged,
            _ => RunState.Interrupted,
        };
        Milestone?.Invoke(Change(index, s => s with { State = state, DoneBefore = s.State == RunState.Waiting ? 1 : s.DoneBefore }));
    }

    private RunStatus Change(int index, Func<RunStatus, RunStatus> change)
    {
        lock (_lock) return _runs[index] = change(_runs[index]);
    }
}
