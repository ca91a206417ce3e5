namespace MiniGrad.Training;

/// <summary>When a checkpoint may be saved.</summary>
public enum CheckpointOccasion
{
    /// <summary>After every step; asked before the step is taken.</summary>
    Step,

    /// <summary>After an evaluation better than that of the best checkpoint.</summary>
    Best,

    /// <summary>After the last step.</summary>
    End,

    /// <summary>After the step under way when the run was asked to stop.</summary>
    Interruption,
}

/// <summary>Decides when a run saves checkpoints, and saves them. A save that fails throws, and ends the run.</summary>
public interface ITrainingCheckpoints
{
    /// <summary>Whether to save after a step.</summary>
    /// <param name="occasion">The occasion.</param>
    /// <param name="step">The step, from 1.</param>
    bool Wants(CheckpointOccasion occasion, int step);

    /// <summary>Saves weights, optimizer state and this state. The step's flag was looked at: it is finite, or was left out.</summary>
    /// <param name="state">Where the run stands.</param>
    /// <exception cref="IOException">It could not be saved.</exception>
    void Save(TrainingState state);
}
