using System.Text.Json.Nodes;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.TensorBoard;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>Trains one run of a plan and logs it; a run that has ended is read instead, an interrupted one goes on.</summary>
internal static class RunExecutor
{
    public static RunRecord Execute(PlannedRun run, int index, Workload workload, string folder, int runsAtOnce, IReadOnlyList<IProbe> probes, RunMonitor monitor, CancellationToken cancellation)
    {
        string own = Path.Combine(folder, run.Folder);
        JsonObject configuration = RunIdentity.Of(run, workload);
        if (FinishedRun.Read(own, run, configuration) is { } finished)
        {
            monitor.Recalled(index, finished.History);
            monitor.Ended(index, finished.Result);
            return finished;
        }

        monitor.Started(index);
        CheckpointCadence cadence = workload.Settings.Checkpoints;
        IWatchingProbe[] watching = [.. probes.OfType<IWatchingProbe>()];
        TrainingOptions training = watching.Aggregate(workload.Settings.Training, (asked, probe) => probe.Asks(asked));
        using var session = new TrainingSession(run, Trunks.Starting(run, workload, folder), training, evaluate: true);
        monitor.Costs(index, CountedWork.FlopsPerToken(session.Model));
        CheckpointStore store = RunCheckpoints.StoreOf(own);
        TrainingCheckpoint? from = RunCheckpoints.Restore(store, session, configuration);
        if (from is not null) monitor.Started(index, from.State.Step);
        // Of several ranks, the first writes.
        bool writes = workload.Ranks is not { Rank: > 0 };
        long size = DiskSpace.CheckpointBytes(session.Model.ParameterCount + session.Optimizer.StateCount, session.Context.Backend.RealSize);
        if (writes) DiskSpace.Require(folder, size, cadence, runsAtOnce, DiskSpace.Free(folder));

        using RunLog log = writes ? RunLog.Open(own, from?.State, training, workload.Settings.Diagnostics is not null, metrics => monitor.Logged(index, metrics), Watches) : RunLog.None();
        monitor.Recalled(index, log.History);
        var checkpoints = new RunCheckpoints(session, cadence, configuration, workload.Data.Tokenizer, store, from?.ResumedFrom ?? [], log.Flush);
        TrainingResult result = session.Trainer.Run(log, checkpoints, from?.State, cancellation);
        log.Flush();
        var record = new RunRecord
        {
            Run = run,
            Result = result,
            History = log.History,
            InitialSha256 = session.Model.InitialSha256,
            Routing = [.. session.Optimizer.Groups.Where(g => g.Parameters.Any()).Select(g => $"{g.Name}: {g.Parameters.Count()} tensors, {g.Parameters.Sum(p => p.Shape.Count)} values")],
            Stages = [.. session.Optimizer.Groups[0].Stages.Select(s => s.ToString())],
            MatricesOrthogonalized = session.MatricesOrthogonalized,
            Backend = session.Context.Backend.Description,
            Measures = result.Outcome == TrainingOutcome.Completed ? probes.SelectMany(probe => probe.Measure(session, workload)).Concat(log.Measures()).ToDictionary(m => m.Key, m => m.Value) : [],
            ResumedFrom = from?.ResumedFrom ?? [],
        };
        if (writes && result.Outcome != TrainingOutcome.Interrupted)
        {
            FinishedRun.Write(own, record, configuration);
            // Where nobody asked for checkpoints they only carry a run over an interruption.
            if (!cadence.BestAndLast && result.Outcome == TrainingOutcome.Completed) store.RemoveAll();
        }
        monitor.Ended(index, result);
        return record;

        IReadOnlyList<IRunWatch> Watches(IReadOnlyList<StepMetrics> history)
        {
            IEnumerable<IRunWatch> watches = watching.Select(probe => probe.Watch(session, workload, training, own, history, run.Seed));
            if (session.Optimizer.Average is not null) watches = watches.Append(new AverageWatch(session, own, history));
            return [.. workload.Settings.TensorBoard ? watches.Append(new TensorBoardWatch(own, history, configuration)) : watches];
        }
    }
}
