namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: does the best learning rate stay where it is as the model widens?</summary>
internal static class LrTransfer
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "lr-transfer",
        Question = "Does the best learning rate stay the same as the model gets wider?",
        Paper = "beyond the paper (which shares one rate over its sizes)",
        Explanation = "Two layers of width 32 to 256 over a grid of rates: Muon scaled by √(m/n), which is made to transfer, and by 0.2√max(m,n), AdaMuon and AdamW. Embeddings, head and norms of the first three stay under AdamW at 3e-3.",
        Variants =
        [
            new("adamuon-repo", "adamuon-repo", "auxiliary.learningRate=3e-3"),
            new("muon", "muon", "scale=match-rms-adamw", "auxiliary.learningRate=3e-3"),
            new("muon scaled by √(m÷n)", "muon", "scale=unit-rms", "auxiliary.learningRate=3e-3"),
            Rules.AdamW,
        ],
        Arms = [.. new[] { 32, 64, 128, 256 }.Select(width => new Arm($"width {width}", $"model.nEmbd={width}") { At = width })],
        LearningRates = [1e-3, 3e-3, 1e-2, 3e-2, 1e-1],
        Profile = "tiny",
        Drawing = Drawing.Transfer,
    };
}
