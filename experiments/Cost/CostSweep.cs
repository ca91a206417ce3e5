using MiniGrad.Experiments.Commands;

namespace MiniGrad.Experiments.Cost;

/// <summary>One size varied, everything else as in <see cref="CostSweeps.Reference"/>.</summary>
/// <param name="Name">What is varied.</param>
/// <param name="Unit">The unit of its axis.</param>
/// <param name="Sizes">The sizes, ascending; odd ones stand between round ones.</param>
/// <param name="At">The model and batch of a size.</param>
internal sealed record CostSweep(string Name, string Unit, int[] Sizes, Func<int, BenchConfiguration> At);

/// <summary>The sweeps of <c>cost</c>, as data.</summary>
internal static class CostSweeps
{
    public const string Name = "cost";
    public const string Question = "Does the time per token grow as the work grows, without cliffs at odd sizes?";
    public const string Paper = "Not in the paper: it asks about this implementation";
    public const string Explanation = "Whole training steps (forward, backward, optimizer) of a small GPT are timed while one size varies. Beside the time stands the counted work: the matrix products of three times the forward pass, causal attention counted by half, and plain Newton–Schulz. A cliff is a size whose nanoseconds per FLOP exceed 1.25 times the mean of its neighbours'.";

    /// <summary>Where all sweeps meet; 1,024 tokens a step.</summary>
    public static BenchConfiguration Reference { get; } = new(Layers: 4, Dim: 128, Heads: 4, Context: 128, Batch: 8, Vocab: 256);

    /// <summary>A width sweep has one head, since 65 and 257 divide by nothing else that all widths share; a context sweep keeps the tokens of a step.</summary>
    public static IReadOnlyList<CostSweep> All { get; } =
    [
        new("width", "model width, one head", [64, 65, 96, 128, 192, 256, 257, 384], size => Reference with { Dim = size, Heads = 1 }),
        new("depth", "blocks", [1, 2, 4, 8], size => Reference with { Layers = size }),
        new("context", "tokens a sequence, about 1,024 tokens a step", [32, 64, 65, 128, 256, 257, 512], size => Reference with { Context = size, Batch = (1024 + size / 2) / size }),
        new("batch", "sequences a step", [1, 2, 4, 8, 16, 32], size => Reference with { Batch = size }),
        new("vocabulary", "vocabulary", [65, 256, 1000, 4096], size => Reference with { Vocab = size }),
    ];
}
