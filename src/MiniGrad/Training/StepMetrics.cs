namespace MiniGrad.Training;

/// <summary>What is known of one logged step.</summary>
public sealed record StepMetrics
{
    /// <summary>The step, counted from 1.</summary>
    public required long Step { get; init; }

    /// <summary>Tokens trained on so far.</summary>
    public required long Tokens { get; init; }

    /// <summary>Seconds spent training so far; evaluation and logging not counted.</summary>
    public required double Seconds { get; init; }

    /// <summary>Mean cross-entropy of the step's batch in nats a token, before its update.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Mean cross-entropy over the validation windows after the step's update, or null where it was not evaluated.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The learning rate of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Global norm of the gradient before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Root mean square of the orthogonalized group's update ΔW/η without decay; 0 where nothing is orthogonalized.</summary>
    public required double UpdateRms { get; init; }

    /// <summary>Whether the step was left out because its gradient was not finite.</summary>
    public bool Skipped { get; init; }
}
