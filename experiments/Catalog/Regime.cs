namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: where the sign begins to help.</summary>
internal static class Regime
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "regime",
        Question = "Where does the sign help: at which batch size, learning rate and length of training?",
        Paper = "beyond the paper (whose claim is about 491,520 tokens a step and 100,000 steps)",
        Explanation = "AdaMuon with and without the sign over batch sizes and learning rates. With a constant rate every step of a run ends a shorter training, so the gap between the two is drawn over the steps; below zero the sign helps.",
        Variants =
        [
            Rules.AdaMuon,
            Rules.AdaMuonWithoutSign,
        ],
        Arms = [.. new[] { 16, 4, 64 }.SelectMany(batch => new[] { "6e-3", "3e-3", "1e-3" }.Select(rate => new Arm($"{batch} sequences, {rate}", $"batch={batch}", $"learningRate={rate}")))],
        Settings = ["steps=2000", "evaluateEvery=100"],
        Profile = "tiny",
        Claim = new("AdaMuon ends with a lower validation loss than AdaMuon without sign", Lower: "adamuon-repo", Than: "adamuon-repo without sign"),
        Drawing = Drawing.Gap,
    };
}
