using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>How large a run is and how long it takes, from a few of its steps.</summary>
internal sealed record Calibration
{
    /// <summary>Steps that are measured.</summary>
    public const int Steps = 3;

    public required long Parameters { get; init; }

    /// <summary>Counted operations of a token's forward and backward pass.</summary>
    public required double FlopsPerToken { get; init; }

    public required IReadOnlyList<string> Routing { get; init; }

    public required long BytesPerRun { get; init; }

    public required double SecondsPerStep { get; init; }

    /// <summary>Seconds of one run, with its evaluations.</summary>
    public required double SecondsPerRun { get; init; }

    /// <summary>Measures a run.</summary>
    public static Calibration Measure(PlannedRun run, Workload workload)
    {
        // Of a step in micro-batches one is measured: a whole one of gpt2-small takes a CPU half an hour.
        int micro = workload.Settings.Training.ResolvedMicroBatchSize, microBatches = workload.Settings.Batch / micro;
        workload = workload with { Settings = workload.Settings with { Batch = micro, MicroBatch = 0 } };
        TrainingOptions training = workload.Settings.Training with { Steps = Steps + 1, EvaluateEvery = 0, LogEvery = 1 };
        using var session = new TrainingSession(run, workload, training, evaluate: false);
        var log = new Log();
        TrainingResult result = session.Trainer.Run(log, CancellationToken.None);
        // A run may diverge at once; then its time is all that there is.
        double seconds = StepSeconds.Median([log.Steps]) ?? result.TrainSeconds / Math.Max(1, result.Steps);
        // A forward pass is about a third of a step.
        double evaluation = seconds / 3 * workload.Windows.TokenCount / workload.Settings.TokensPerStep;
        int evaluations = workload.Settings.Steps / workload.Settings.EvaluateEvery;
        double step = microBatches * seconds;
        return new Calibration
        {
            Parameters = session.Model.ParameterCount,
            FlopsPerToken = CountedWork.FlopsPerToken(session.Model),
            Routing = session.Optimizer.Routing.Lines,
            BytesPerRun = session.Context.Backend.Transfers.LiveBytes,
            SecondsPerStep = step,
            SecondsPerRun = workload.Settings.Steps * step + evaluations * evaluation,
        };
    }

    /// <summary>Keeps what a training logs.</summary>
    private sealed class Log : ITrainingObserver
    {
        public List<StepMetrics> Steps { get; } = [];

        public void Logged(StepMetrics metrics) => Steps.Add(metrics);
    }
}
