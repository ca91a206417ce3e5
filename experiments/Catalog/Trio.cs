namespace MiniGrad.Experiments.Catalog;

/// <summary>The three optimizers that the paper compares, Muon with the scale of its baseline.</summary>
internal static class Trio
{
    public static IReadOnlyList<Variant> Variants { get; } =
    [
        new("adamuon", "adamuon"),
        new("muon", "muon", "scale=match-rms-adamw"),
        new("adamw", "adamw"),
    ];
}
