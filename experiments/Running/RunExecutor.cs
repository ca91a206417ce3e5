using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>Trains one run of a plan and logs it.</summary>
internal static class RunExecutor
{
    public static RunRecord Execute(PlannedRun run, int index, Workload workload, string folder, RunMonitor monitor, CancellationToken cancellation)
    {
        monitor.Started(index);
        using var session = new TrainingSession(run, workload, workload.Settings.Training, evaluate: true);
        using var log = new RunLog(workload.Ranks is { Rank: > 0 } ? null : new MetricsFile(Path.Combine(folder, run.Folder)), metrics => monitor.Logged(index, metrics));
        TrainingResult result = session.Trainer.Run(log, cancellation);
        monitor.Ended(index, result);
        return new RunRecord
        {
            Run = run,
            Result = result,
            History = log.History,
            InitialSha256 = session.Model.InitialSha256,
            Routing = [.. session.Optimizer.Groups.Where(g => g.Parameters.Any()).Select(g => $"{g.Name}: {g.Parameters.Count()} tensors, {g.Parameters.Sum(p => p.Shape.Count)} values")],
            Stages = [.. session.Optimizer.Stages.Select(s => s.ToString())],
            MatricesOrthogonalized = session.MatricesOrthogonalized,
            Backend = session.Context.Backend.Description,
        };
    }

    /// <summary>Keeps, writes and passes on what is logged. Of several ranks, the first writes.</summary>
    private sealed class RunLog(MetricsFile? file, Action<StepMetrics> shown) : ITrainingObserver, IDisposable
    {
        private readonly List<StepMetrics> _history = [];

        public IReadOnlyList<StepMetrics> History => _history;

        public void Logged(StepMetrics metrics)
        {
            _history.Add(metrics);
            file?.Write(metrics);
            shown(metrics);
        }

        public void Dispose() => file?.Dispose();
    }
}
