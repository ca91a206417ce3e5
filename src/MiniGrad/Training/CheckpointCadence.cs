using System.Diagnostics;

namespace MiniGrad.Training;

/// <summary>When checkpoints are saved and how many stay.</summary>
public sealed record CheckpointCadence
{
    /// <summary>No checkpoints at all.</summary>
    public static CheckpointCadence Never { get; } = new();

    /// <summary>Steps between checkpoints; 0 for none by steps.</summary>
    public int EverySteps { get; init; }

    /// <summary>Time between checkpoints; zero for none by time.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>How many of the last ones stay; the best stays besides.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>Whether every new best evaluation and the end of the run are saved, too.</summary>
    public bool BestAndLast { get; init; }

    /// <summary>Whether there are any.</summary>
    public bool IsNever => EverySteps == 0 && Every == TimeSpan.Zero;

    /// <summary>Whether to save after a step.</summary>
    /// <param name="occasion">The occasion.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="lastSave">When the last checkpoint was saved or the run begun, from <see cref="Stopwatch.GetTimestamp"/>.</param>
    public bool Wants(CheckpointOccasion occasion, int step, long lastSave) => !IsNever && occasion switch
    {
        CheckpointOccasion.Step => (EverySteps > 0 && step % EverySteps == 0) || (Every > TimeSpan.Zero && Stopwatch.GetElapsedTime(lastSave) >= Every),
        CheckpointOccasion.Interruption => true,
        _ => BestAndLast,
    };
}
