namespace MiniGrad.Training;

/// <summary>How a run ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All steps were taken, or validation did not get better any more (<see cref="TrainingOptions.Patience"/>).</summary>
    Completed,

    /// <summary>It was asked to stop.</summary>
    Interrupted,

    /// <summary>A loss or gradient was not finite.</summary>
    Diverged,
}

/// <summary>The end of a run.</summary>
public sealed record TrainingResult
{
    /// <summary>How it ended.</summary>
    public required TrainingOutcome Outcome { get; init; }

    /// <summary>Steps taken.</summary>
    public required int Steps { get; init; }

    /// <summary>Training loss of the last logged step, in nats a token.</summary>
    public required double FinalTrainLoss { get; init; }

    /// <summary>Validation loss of the last evaluation, in nats a token; NaN when there was none.</summary>
    public required double FinalValidationLoss { get; init; }

    /// <summary>Seconds spent training; evaluation and logging not counted.</summary>
    public required double TrainSeconds { get; init; }

    /// <summary>Steps left out because of non-finite gradients.</summary>
    public int SkippedSteps { get; init; }

    /// <summary>Fingerprint of all batches, in order.</summary>
    public required string BatchFingerprint { get; init; }

    /// <summary>What ended a run before its last step, in words.</summary>
    public string? Reason { get; init; }
}
