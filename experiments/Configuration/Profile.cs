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

    /// <summary>The learning rate that all variants share where none is given.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Where that rate is from, in words for captions.</summary>
    public required string LearningRateSource { get; init; }

    public int TokensPerStep => Batch * Model.BlockSize;
}
