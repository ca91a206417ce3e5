using System.Diagnostics;
using MiniGrad.Experiments.Configuration;
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

    /// <summary>Counted operations of a token's forward and backward pass; 0 until the model is there.</summary>
    public double FlopsPerToken { get; init; }

    /// <summary>Its losses so far.</summary>
    public LossTrail Trail { get; } = new();

    /// <summary>How much of the run is done, from 0 to 1.</summary>
    public double Done => State is RunState.Finished or RunState.Diverged ? 1 : Math.Max(DoneBefore, (double)(Last?.Step ?? 0) / Steps);
}

/// <summary>Collects where all runs stand; written by the runs' threads, read by the display's.</summary>
internal sealed class RunMonitor
{
    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly RunStatus[] _runs;

    public RunMonitor(Plan plan)
    {
        RunSettings settings = plan.Arms[0].Workload.Settings;
        (Device, Threads, Precision) = (settings.Device, settings.Threads, settings.Model.Precision);
        _runs = [.. plan.Runs.Select(run => new RunStatus(run, plan.StepsOf(run), RunState.Waiting, null, null) { Tokens = (long)plan.StepsOf(run) * plan.WorkloadOf(run).Settings.TokensPerStep })];
    }

    /// <summary>Where all runs train.</summary>
    public string Device { get; }

    /// <summary>Threads of each run.</summary>
    public int Threads { get; }

    /// <summary>What their products round to.</summary>
    public Precision Precision { get; }

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
        status.Trail.Add(metrics.Step, status.Steps, metrics.TrainLoss);
        if (metrics.ValidationLoss is not null) Milestone?.Invoke(status);
    }

    /// <summary>A run begins, or goes on.</summary>
    /// <param name="index">Its place in the plan.</param>
    /// <param name="step">The step that it goes on from; 0 from the beginning.</param>
    public void Started(int index, long step = 0) => Change(index, s => s with { State = RunState.Running, DoneBefore = (double)step / s.Steps });

    /// <summary>What a run logged before this start of the program.</summary>
    public void Recalled(int index, IReadOnlyList<StepMetrics> history)
    {
        if (history.Count == 0) return;
        RunStatus status = Change(index, s => s with { Last = history[^1], ValidationLoss = history.LastOrDefault(m => m.ValidationLoss is not null)?.ValidationLoss });
        foreach (StepMetrics metrics in history) status.Trail.Add(metrics.Step, status.Steps, metrics.TrainLoss);
    }

    /// <summary>What a token of a run costs, once its model is there.</summary>
    public void Costs(int index, double flopsPerToken) => Change(index, s => s with { FlopsPerToken = flopsPerToken });

    public void Ended(int index, TrainingResult result)
    {
        RunState state = result.Outcome switch
        {
            TrainingOutcome.Completed => RunState.Finished,
            TrainingOutcome.Diverged => RunState.Diverged,
            _ => RunState.Interrupted,
        };
        // Changed first and told then: of a call on nobody the arguments are not computed.
        RunStatus status = Change(index, s => s with { State = state, DoneBefore = s.State == RunState.Waiting ? 1 : s.DoneBefore });
        Milestone?.Invoke(status);
    }

    private RunStatus Change(int index, Func<RunStatus, RunStatus> change)
    {
        lock (_lock) return _runs[index] = change(_runs[index]);
    }
}
