using MiniGrad.Data;

namespace MiniGrad.Training;

/// <summary>Where a run under way stands.</summary>
internal sealed class RunProgress
{
    private BatchFingerprint _fingerprint;

    public int Step { get; set; }

    /// <summary>The last step whose numbers came back.</summary>
    public int Looked { get; set; }

    public int Skipped { get; set; }

    public double Seconds { get; set; }

    public double TrainLoss { get; set; } = double.NaN;

    public double ValidationLoss { get; private set; } = double.NaN;

    /// <summary>The last step that was evaluated.</summary>
    public int Evaluated { get; private set; }

    public int? BestStep { get; private set; }

    public double BestValidationLoss { get; private set; } = double.PositiveInfinity;

    /// <summary>The lowest validation loss so far, and the evaluations since then.</summary>
    public double LowestValidationLoss { get; private set; } = double.PositiveInfinity;

    public int EvaluationsSinceLowest { get; private set; }

    /// <summary>The step of the last checkpoint.</summary>
    public int Saved { get; private set; }

    /// <summary>Whether a rank was asked to stop, as all of them know since the step before.</summary>
    public bool AgreedToStop { get; set; }

    public ref BatchFingerprint Fingerprint => ref _fingerprint;

    /// <summary>Whether this step was evaluated and is better than the best checkpoint; a NaN never is.</summary>
    public bool IsBetter => Evaluated == Step && double.IsFinite(ValidationLoss) && ValidationLoss < BestValidationLoss;

    public static RunProgress From(TrainingState? state, ComputeCounters counters, DataParallel? parallel)
    {
        if (state is null) return new RunProgress();
        // What all ranks did together goes on in the first one's books.
        if (parallel is not { Ranks.Rank: > 0 }) (counters.MatricesOrthogonalized, counters.NewtonSchulzIterations, counters.OptimizerSteps) = (state.MatricesOrthogonalized, state.NewtonSchulzIterations, state.OptimizerSteps);
        return new RunProgress
        {
            Step = state.Step,
            Looked = state.Step,
            Saved = state.Step,
            Skipped = state.SkippedSteps,
            Seconds = state.Seconds,
            TrainLoss = state.TrainLoss,
            ValidationLoss = state.ValidationLoss,
            BestStep = state.BestStep,
            BestValidationLoss = state.BestValidationLoss,
            LowestValidationLoss = state.LowestValidationLoss,
            EvaluationsSinceLowest = state.EvaluationsSinceLowest,
            _fingerprint = new BatchFingerprint(state.BatchFingerprint),
        };
    }

    /// <summary>Keeps the validation loss of this step. A NaN is never lower.</summary>
    public void Evaluate(double loss)
    {
        (ValidationLoss, Evaluated) = (loss, Step);
        EvaluationsSinceLowest = loss < LowestValidationLoss ? 0 : EvaluationsSinceLowest + 1;
        LowestValidationLoss = Math.Min(LowestValidationLoss, double.IsNaN(loss) ? double.PositiveInfinity : loss);
    }

    /// <summary>The state of a checkpoint that is saved now.</summary>
    public TrainingState Save(ComputeCounters counters, DataParallel? parallel)
    {
        if (IsBetter) (BestStep, BestValidationLoss) = (Step, ValidationLoss);
        Saved = Step;
        return new TrainingState
        {
            Step = Step,
            SkippedSteps = Skipped,
            Seconds = Seconds,
            TrainLoss = TrainLoss,
            ValidationLoss = ValidationLoss,
            BatchFingerprint = _fingerprint.Value,
            BestStep = BestStep,
            BestValidationLoss = BestValidationLoss,
            LowestValidationLoss = LowestValidationLoss,
            EvaluationsSinceLowest = EvaluationsSinceLowest,
            MatricesOrthogonalized = Total(counters.MatricesOrthogonalized),
            NewtonSchulzIterations = Total(counters.NewtonSchulzIterations),
            OptimizerSteps = counters.OptimizerSteps,
        };

        long Total(long mine) => parallel is null ? mine : (long)parallel.Sum(mine);
    }

    public TrainingResult End(TrainingOutcome outcome, string? reason = null) => new()
    {
        Outcome = outcome,
        Steps = Step,
        FinalTrainLoss = TrainLoss,
        FinalValidationLoss = ValidationLoss,
        TrainSeconds = Seconds,
        SkippedSteps = Skipped,
        BatchFingerprint = _fingerprint.ToString(),
        Reason = reason,
    };
}
