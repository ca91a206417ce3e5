namespace MiniGrad.Training;

/// <summary>
/// Where a run stands, besides weights and optimizer state. The batches are a function of seed and step, and so are the
/// learning rate and all random numbers: the step is their whole state.
/// </summary>
public sealed record TrainingState
{
    /// <summary>Steps taken, which is also the sampler's position.</summary>
    public required int Step { get; init; }

    /// <summary>Steps left out because of non-finite gradients.</summary>
    public int SkippedSteps { get; init; }

    /// <summary>Seconds spent training.</summary>
    public double Seconds { get; init; }

    /// <summary>Training loss of the last logged step; NaN before there is one.</summary>
    public double TrainLoss { get; init; } = double.NaN;

    /// <summary>Validation loss of the last evaluation; NaN before there is one.</summary>
    public double ValidationLoss { get; init; } = double.NaN;

    /// <summary>The running fingerprint of all batches.</summary>
    public ulong BatchFingerprint { get; init; }

    /// <summary>The step of the best checkpoint, this one included; null where none was evaluated.</summary>
    public int? BestStep { get; init; }

    /// <summary>Its validation loss; never NaN where there is one.</summary>
    public double BestValidationLoss { get; init; } = double.PositiveInfinity;

    /// <summary>The lowest validation loss so far, whether a checkpoint was made of it or not.</summary>
    public double LowestValidationLoss { get; init; } = double.PositiveInfinity;

    /// <summary>Evaluations since then.</summary>
    public int EvaluationsSinceLowest { get; init; }

    /// <summary>Matrices orthogonalized so far.</summary>
    public long MatricesOrthogonalized { get; init; }

    /// <summary>Newton–Schulz iterations run so far.</summary>
    public long NewtonSchulzIterations { get; init; }

    /// <summary>Optimizer steps taken so far.</summary>
    public long OptimizerSteps { get; init; }
}
