using System.Diagnostics;
using MiniGrad.Autograd;
using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Optim;
using MiniGrad.Tensors;

namespace MiniGrad.Training;

/// <summary>
/// Trains a model. A step is: batches up, forward and backward pass of each micro-batch, clip, update. Numbers come back
/// on logged steps only, as one small block; on the host's own memory the block is looked at every step.
/// </summary>
public sealed class Trainer
{
    private readonly Gpt _model;
    private readonly IOrthogonalizedOptimizer _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly BatchSampler _sampler;
    private readonly Evaluator? _evaluator;
    private readonly TrainingOptions _options;
    private readonly MetricsBlock _metrics;
    private readonly DataParallel? _parallel;
    private readonly BatchShare _share;
    private readonly Indices _inputs;
    private readonly Indices _targets;
    private readonly int[] _inputIds;
    private readonly int[] _targetIds;

    /// <summary>A trainer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="schedule">Factor of the learning rate.</param>
    /// <param name="sampler">The batches.</param>
    /// <param name="evaluator">How to validate, or null to do without.</param>
    /// <param name="options">How long and how.</param>
    /// <param name="parallel">This rank's part where several train together, or null alone. Every rank runs the same trainer; batches, their order and the schedule do not depend on how many there are.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Trainer(Gpt model, IOrthogonalizedOptimizer optimizer, LearningRateSchedule schedule, BatchSampler sampler, Evaluator? evaluator, TrainingOptions options, DataParallel? parallel = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(sampler);
        (_model, _optimizer, _schedule, _sampler, _evaluator, _options) = (model, optimizer, schedule, sampler, evaluator, options.Validated());
        (_parallel, _share) = (parallel, BatchShare.Of(options, parallel?.Ranks));
        int rows = _share.MicroBatchSize;
        _metrics = new MetricsBlock(model.Context);
        _inputs = model.Context.Indices([rows, sampler.BlockSize]);
        _targets = model.Context.Indices([rows, sampler.BlockSize]);
        _inputIds = new int[rows * sampler.BlockSize];
        _targetIds = new int[rows * sampler.BlockSize];
    }

    /// <summary>Trains until the steps are done, the run diverges or a stop is asked for (after the step under way).</summary>
    /// <param name="observer">Is told of logged steps.</param>
    /// <param name="cancellation">Asks for a stop.</param>
    public TrainingResult Run(ITrainingObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var fingerprint = new BatchFingerprint();
        var state = new RunState();
        while (state.Step < _options.Steps && !state.Stops(_parallel, cancellation))
        {
            int step = state.Step + 1;
            bool logged = _options.IsLogged(step);
            long start = Stopwatch.GetTimestamp();
            state.AgreedToStop = TakeStep(state.Step, logged, ref fingerprint, cancellation.IsCancellationRequested);
            bool looked = logged || _model.Context.Backend.IsHostMemory;
            if (looked) _metrics.Fetch();
            state.Seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            state.Step = step;
            if (!looked) continue;
            int bad = Math.Max(step - state.Looked - _metrics.TakenSinceFetch, IsBad() ? 1 : 0);
            if (bad > 0 && _options.OnNonFinite == NonFinitePolicy.Stop) return state.End(TrainingOutcome.Diverged, fingerprint, Reason(state.Looked + 1, step));
            (state.Looked, state.Skipped) = (step, state.Skipped + bad);
            if (logged) Log(state, observer);
        }
        return state.End(state.Step == _options.Steps ? TrainingOutcome.Completed : TrainingOutcome.Interrupted, fingerprint, null);
    }

    private bool TakeStep(int step, bool logged, ref BatchFingerprint fingerprint, bool stop)
    {
        ComputeContext context = _model.Context;
        _optimizer.ZeroGradients();
        double tokens = (double)_options.BatchSize * _sampler.BlockSize;
        for (int micro = 0; micro < _share.Total; micro++)
        {
            _sampler.Fill(step, micro, _inputIds, _targetIds);
            fingerprint.Add(_inputIds); // of the whole batch, on every rank
            if (micro < _share.First || micro >= _share.First + _share.Count) continue;
            _inputs.CopyFrom(_inputIds);
            _targets.CopyFrom(_targetIds);
            using StepScope scope = context.BeginStep();
            Tensor loss = _model.Loss(_inputs, _targets, tokens);
            loss.Backward();
            context.Backend.Axpby(1, default, loss.Data, micro == _share.First ? 0 : 1, _metrics.LossView, _metrics.LossView, default);
        }
        bool stops = _parallel?.Reduce(_metrics.LossView, stop) ?? stop;
        using StepScope update = context.BeginStep();
        _optimizer.Observe = logged ? Observation.Norms : Observation.Nothing;
        _optimizer.Step(_schedule.At(step));
        _metrics.Count(_optimizer.Gradients.Gate);
        if (logged || context.Backend.IsHostMemory) _metrics.Gather(_optimizer.Gradients.Norm, _optimizer.Gradients.Gate, _optimizer.UpdateRms);
        return stops;
    }

    private bool IsBad() => !_metrics.Taken || !double.IsFinite(_metrics.Loss);

    private string Reason(int first, int last)
    {
        string when = first == last ? $"at step {last}" : $"between steps {first} and {last}";
        string what = double.IsFinite(_metrics.Loss) ? $"a gradient is not finite (loss {_metrics.Loss:F3})" : "the loss is not finite";
        return $"diverged {when}: {what}; try a lower learning rate";
    }

    private void Log(RunState state, ITrainingObserver observer)
    {
        state.TrainLoss = _metrics.Loss;
        double? validation = _evaluator is not null && _options.IsEvaluated(state.Step) ? _evaluator.Evaluate() : null;
        state.ValidationLoss = validation ?? state.ValidationLoss;
        observer.Logged(new StepMetrics
        {
            Step = state.Step,
            Tokens = (long)state.Step * _options.BatchSize * _sampler.BlockSize,
            Seconds = state.Seconds,
            TrainLoss = _metrics.Loss,
            ValidationLoss = validation,
            LearningRate = _optimizer.Groups[0].LearningRate * _schedule.At(state.Step - 1),
            GradientNorm = _metrics.GradientNorm,
            UpdateRms = _metrics.UpdateRms,
            Skipped = IsBad(),
        });
    }

    /// <summary>Where a run stands.</summary>
    private sealed class RunState
    {
        public int Step { get; set; }

        /// <summary>The last step whose numbers came back.</summary>
        public int Looked { get; set; }

        public int Skipped { get; set; }

        public double Seconds { get; set; }

        public double TrainLoss { get; set; } = double.NaN;

        public double ValidationLoss { get; set; } = double.NaN;

        /// <summary>Whether a rank was asked to stop, as all of them know since the step before.</summary>
        public bool AgreedToStop { get; set; }

        /// <summary>Whether to stop now: among ranks only when all know it, or some would wait for others for ever.</summary>
        public bool Stops(DataParallel? parallel, CancellationToken cancellation) => parallel is null ? cancellation.IsCancellationRequested : AgreedToStop;

        public TrainingResult End(TrainingOutcome outcome, BatchFingerprint fingerprint, string? reason) => new()
        {
            Outcome = outcome,
            Steps = Step,
            FinalTrainLoss = TrainLoss,
            FinalValidationLoss = ValidationLoss,
            TrainSeconds = Seconds,
            SkippedSteps = Skipped,
            BatchFingerprint = fingerprint.ToString(),
            Reason = reason,
        };
    }
}
