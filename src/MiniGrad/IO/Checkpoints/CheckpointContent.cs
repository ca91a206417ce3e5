namespace MiniGrad.IO;

/// <summary>What a checkpoint consists of, before it is written.</summary>
public sealed record CheckpointContent
{
    /// <summary>Steps taken.</summary>
    public required long Step { get; init; }

    /// <summary>The weights, for <see cref="Checkpoint.ModelFile"/>.</summary>
    public required IReadOnlyList<SafetensorsSource> Model { get; init; }

    /// <summary>The optimizer's state, for <see cref="Checkpoint.OptimizerFile"/>.</summary>
    public required IReadOnlyList<SafetensorsSource> Optimizer { get; init; }

    /// <summary>The other files, by name: <see cref="Checkpoint.ConfigFile"/>, <see cref="Checkpoint.TrainingFile"/>, the tokenizer's.</summary>
    public required IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; init; }
}
