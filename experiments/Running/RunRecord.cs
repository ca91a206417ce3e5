using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>One finished run: what it was, how it ended and what was logged on the way.</summary>
internal sealed record RunRecord
{
    public required PlannedRun Run { get; init; }

    public required TrainingResult Result { get; init; }

    public required IReadOnlyList<StepMetrics> History { get; init; }

    /// <summary>Fingerprint of the initial weights; equal for paired runs.</summary>
    public required string InitialSha256 { get; init; }

    /// <summary>What the router did, one line a group.</summary>
    public required IReadOnlyList<string> Routing { get; init; }

    /// <summary>The optimizer's stages with their formulas.</summary>
    public required IReadOnlyList<string> Stages { get; init; }

    /// <summary>Matrices orthogonalized over the whole run.</summary>
    public required long MatricesOrthogonalized { get; init; }

    public required string Backend { get; init; }

    /// <summary>What probes measured on the trained model.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = new Dictionary<string, double>();

    /// <summary>The steps of the checkpoints that it was resumed from; none for an unbroken run.</summary>
    public IReadOnlyList<int> ResumedFrom { get; init; } = [];

    /// <summary>The final validation loss; NaN for a run that diverged.</summary>
    public double FinalValidationLoss => Result.Outcome == TrainingOutcome.Completed ? Result.FinalValidationLoss : double.NaN;

    /// <summary>The final training loss; NaN for a run that diverged.</summary>
    public double FinalTrainLoss => Result.Outcome == TrainingOutcome.Completed ? Result.FinalTrainLoss : double.NaN;
}
