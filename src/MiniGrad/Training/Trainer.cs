using System.Diagnostics;
using MiniGrad.Data;

namespace MiniGrad.Training;

/// <summary>
/// Trains a model. A step is: batches up, forward and backward pass of each micro-batch, clip, update. Numbers come back
/// on logged steps only, as one small block; on the host's own memory the block is looked at every step.
/// </summary>
public sealed class Trainer
{
    private readonly ITrainingTask _task;
    private readonly IOrthogonalizedOptimizer _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly Func<double>? _evaluate;
    private readonly TrainingOptions _options;
    private readonly MetricsBlock _metrics;
    private readonly DataParallel? _parallel;
    private readonly BatchShare _share;

    /// <summary>A trainer of a language model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="schedule">Factor of the learning rate.</param>
    /// <param name="sampler">The batches.</param>
    /// <param name="evaluator">How to validate, or null to do without.</param>
    /// <param name="options">How long and how.</param>
    /// <param name="parallel">This rank's part where several train together, or null alone. Every rank runs the same trainer; batches, their order and the schedule do not depend on how many there are.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Trainer(ILanguageModel model, IOrthogonalizedOptimizer optimizer, LearningRateSchedule schedule, BatchSampler sampler, Evaluator? evaluator, TrainingOptions options, DataParallel? parallel = null)
        : this(Text(model, sampler, options, parallel), optimizer, schedule, evaluator is null ? null : evaluator.Evaluate, options, parallel)
    {
    }

    /// <summary>A trainer of anything that has a loss.</summary>
    /// <param name="task">The model, its batches and its loss, such as a <see cref="ModuleTask"/>.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="schedule">Factor of the learning rate.</param>
    /// <param name="evaluate">Returns the validation loss, or null to do without.</param>
    /// <param name="options">How long and how; a batch is counted in the task's examples.</param>
    /// <param name="parallel">This rank's part where several train together, or null alone.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Trainer(ITrainingTask task, IOrthogonalizedOptimizer optimizer, LearningRateSchedule schedule, Func<double>? evaluate, TrainingOptions options, DataParallel? parallel = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        (_task, _optimizer, _schedule, _evaluate, _options) = (task, optimizer, schedule, evaluate, options.Validated());
        (_parallel, _share) = (parallel, BatchShare.Of(options, parallel?.Ranks));
        _metrics = new MetricsBlock(task.Context);
    }

    private static TextTask Text(ILanguageModel model, BatchSampler sampler, TrainingOptions options, DataParallel? parallel)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(sampler);
        return new TextTask(model, sampler, BatchShare.Of(options.Validated(), parallel?.Ranks).MicroBatchSize);
    }

    /// <summary>Trains until the steps are done, the run diverges or a stop is asked for (after the step under way).</summary>
    /// <param name="observer">Is told of logged steps.</param>
    /// <param name="cancellation">Asks for a stop.</param>
    public TrainingResult Run(ITrainingObserver observer, CancellationToken cancellation) => Run(observer, null, null, cancellation);

    /// <summary>Trains on from a state, and saves checkpoints on the way.</summary>
    /// <param name="observer">Is told of logged steps.</param>
    /// <param name="checkpoints">When and where to save, or null.</param>
    /// <param name="from">The state to go on from, whose weights and optimizer state are loaded already, or null to begin.</param>
    /// <param name="cancellation">Asks for a stop.</param>
    /// <exception cref="IOException">A checkpoint could not be saved.</exception>
    public TrainingResult Run(ITrainingObserver observer, ITrainingCheckpoints? checkpoints, TrainingState? from, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(observer);
        RunProgress progress = RunProgress.From(from, _task.Context.Counters, _parallel);
        while (progress.Step < _options.Steps && !IsStale(progress) && !Stops(progress, cancellation))
        {
            int step = progress.Step + 1;
            bool logged = _options.IsLogged(step), due = checkpoints?.Wants(CheckpointOccasion.Step, step) == true;
            if (step == _options.ProfileStep) _task.Context.Trace = new StepTrace();
            long start = Stopwatch.GetTimestamp();
            TakeStep(progress, ref due, cancellation.IsCancellationRequested);
            bool looked = logged || due || _task.Context.Backend.IsHostMemory;
            long look = Stopwatch.GetTimestamp();
            if (looked) Look();
            if (_task.Context.Trace is { } trace)
            {
                trace.Add("metrics", "step", look);
                trace.Add($"step {step}", "step", start);
                _task.Context.Trace = null;
                observer.Traced(step, trace);
            }
            progress.Seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            progress.Step = step;
            if (!looked) continue;
            if (Refusal(progress) is { } reason) return progress.End(TrainingOutcome.Diverged, reason);
            if (logged) Log(progress, observer);
            if (due || (progress.IsBetter && checkpoints?.Wants(CheckpointOccasion.Best, step) == true)) checkpoints!.Save(progress.Save(_task.Context.Counters, _parallel));
        }
        bool completed = progress.Step == _options.Steps || IsStale(progress);
        if (completed && Spoilt(progress) is { } spoilt) return progress.End(TrainingOutcome.Diverged, spoilt);
        if (progress.Saved < progress.Step && checkpoints?.Wants(completed ? CheckpointOccasion.End : CheckpointOccasion.Interruption, progress.Step) == true)
        {
            // A checkpoint reads the flag first: the steps since the last look may hold a bad one.
            if (progress.Looked < progress.Step) Look();
            if (progress.Looked < progress.Step && Refusal(progress) is { } reason) return progress.End(TrainingOutcome.Diverged, reason);
            checkpoints.Save(progress.Save(_task.Context.Counters, _parallel));
        }
        string? early = completed && progress.Step < _options.Steps
            ? $"stopped early after step {progress.Step}: no validation loss below {progress.LowestValidationLoss:F4} in the last {_options.Patience} evaluations"
            : null;
        return progress.End(completed ? TrainingOutcome.Completed : TrainingOutcome.Interrupted, early);
    }

    private bool IsStale(RunProgress progress) => _options.Patience > 0 && progress.EvaluationsSinceLowest >= _options.Patience;

    // Among ranks only when all know it, or some would wait for others for ever.
    private bool Stops(RunProgress progress, CancellationToken cancellation) => _parallel is null ? cancellation.IsCancellationRequested : progress.AgreedToStop;

    private void TakeStep(RunProgress progress, ref bool due, bool stop)
    {
        ComputeContext context = _task.Context;
        Gradients(progress.Step, ref progress.Fingerprint);
        if (_parallel is not null) (progress.AgreedToStop, due) = _parallel.Reduce(_metrics.LossView, stop, due);
        using StepScope update = context.BeginStep();
        long start = StepTrace.Now;
        _optimizer.Step(_schedule.At(progress.Step), _options.ObservationAt(progress.Step + 1));
        context.Trace?.Add("optimizer", "step", start);
        _metrics.Count(_optimizer.Gradients.Gate);
    }

    private void Gradients(int step, ref BatchFingerprint fingerprint)
    {
        ComputeContext context = _task.Context;
        _optimizer.ZeroGradients();
        double tokens = (double)_options.BatchSize * _task.TokensPerExample;
        for (int micro = 0; micro < _share.Total; micro++)
        {
            long start = StepTrace.Now;
            _task.Choose(step, micro, ref fingerprint); // the whole batch, on every rank
            context.Trace?.Add("batch", "step", start);
            if (micro < _share.First || micro >= _share.First + _share.Count) continue;
            using StepScope scope = context.BeginStep();
            start = StepTrace.Now;
            context.Trace?.BeginForward();
            Tensor loss = _task.Loss(tokens);
            context.Trace?.Add("forward", "step", start);
            start = StepTrace.Now;
            loss.Backward();
            context.Trace?.Add("backward", "step", start);
            context.Backend.Axpby(1, default, loss.Data, micro == _share.First ? 0 : 1, _metrics.LossView, _metrics.LossView, default);
        }
    }

    private void Look()
    {
        _metrics.Gather(_optimizer.Gradients.Norm, _optimizer.Gradients.Gate, _optimizer.Diagnostics.UpdateRms);
        _metrics.Fetch();
    }

    /// <summary>Counts the bad steps since the last look; where they end the run, says why.</summary>
    private string? Refusal(RunProgress progress)
    {
        int first = progress.Looked + 1, last = progress.Step;
        int bad = Math.Max(last - progress.Looked - _metrics.TakenSinceFetch, IsBad() ? 1 : 0);
        if (bad > 0 && _options.OnNonFinite == NonFinitePolicy.Stop) return Reason(first, last);
        (progress.Looked, progress.Skipped) = (last, progress.Skipped + bad);
        return null;
    }

    // Steps that are left out change nothing: whoever skips them may end with a model that was spoilt before.
    private string? Spoilt(RunProgress progress)
    {
        if (progress.Evaluated != progress.Step || double.IsFinite(progress.ValidationLoss)) return null;
        string where = FirstNonFinite.InParameters(_task.Context, _optimizer.Gradients.Parameters.ToArray()) ?? "every weight is";
        return $"diverged: the validation loss after step {progress.Step} is not finite; {where}; try a lower learning rate, or other weights to start from";
    }

    private bool IsBad() => !_metrics.Taken || !double.IsFinite(_metrics.Loss);

    private string Reason(int first, int last)
    {
        string when = first == last ? $"at step {last}" : $"between steps {first} and {last}";
        string what = double.IsFinite(_metrics.Loss) ? $"a gradient is not finite (loss {_metrics.Loss:F3})" : "the loss is not finite";
        string where = AnomalyReplay.Describe(_task.Context, _optimizer, first - 1, last - 1, step =>
        {
            var ignored = new BatchFingerprint();
            Gradients(step, ref ignored);
        });
        return $"diverged {when}: {what}; {where}; try a lower learning rate";
    }

    private void Log(RunProgress progress, ITrainingObserver observer)
    {
        progress.TrainLoss = _metrics.Loss;
        if (_options.IsTold(progress.Step)) observer.Diagnosed(progress.Step, _optimizer.Diagnostics.Read());
        double? validation = _evaluate is not null && _options.IsEvaluated(progress.Step) ? _evaluate() : null;
        if (validation is { } loss) progress.Evaluate(loss);
        observer.Logged(new StepMetrics
        {
            Step = progress.Step,
            Tokens = (long)progress.Step * _options.BatchSize * _task.TokensPerExample,
            Seconds = progress.Seconds,
            TrainLoss = _metrics.Loss,
            ValidationLoss = validation,
            LearningRate = _optimizer.Routing.LearningRate * _schedule.At(progress.Step - 1),
            GradientNorm = _metrics.GradientNorm,
            UpdateRms = _metrics.UpdateRms,
            Skipped = IsBad(),
        });
    }
}
