using MiniGrad.Nn;

namespace MiniGrad.Experiments.Configuration;

/// <summary>A size that experiments run at: the model, the tokens of a step and the shared learning rate.</summary>
internal sealed record Profile
{
    public required string Name { get; init; }

    /// <summary>The model; its vocabulary follows from the tokenizer.</summary>
    public required GptOptions Model { get; init; }

    public required int Batch { get; init; }

    public int MicroBatch { get; init; }

    public required int Steps { get; init; }

    public required int WarmupSteps { get; init; }

    /// <summary>AdamW's best learning rate on {6e-4, 1e-3, 3e-3, 6e-3, 1e-2}; a tie within 0.005 nats goes to the lower one.</summary>
    public required double LearningRate { get; init; }

    public int TokensPerStep => Batch * Model.BlockSize;
}
