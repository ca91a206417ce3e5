namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: the headline, at the shared rate and at each optimizer's own.</summary>
internal static class SharedOrTuned
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "shared-or-tuned",
        Question = "Does the order of AdaMuon, Muon and AdamW survive when each gets its best learning rate?",
        Paper = "beyond the paper, which shares one rate",
        Explanation = "Every optimizer on the same grid of learning rates; the shared rate of the profile is one of its points. The best rate is chosen by the very losses that are shown, which flatters all alike a little.",
        Variants = Rules.Three,
        LearningRates = [1e-3, 3e-3, 6e-3, 1e-2, 2e-2, 3e-2],
        Profile = "tiny",
        Claim = new("AdaMuon at its best rate ends with a lower validation loss than Muon at its own", Lower: "adamuon-repo", Than: "muon"),
        OthersFound = "Fair tuning shrinks the lead of matrix optimizers over AdamW to 1.4× at 0.1B parameters and 1.1× at 1.2B (arXiv 2509.02046).",
        Drawing = Drawing.LearningRates,
    };
}
