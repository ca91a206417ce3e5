namespace MiniGrad.Experiments.Catalog;

/// <summary>Fig. 1 and what Table 1 is read from: three optimizers over a ladder of sizes and two learning rates.</summary>
internal static class Figure1
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "figure1",
        Question = "Does AdaMuon train a GPT faster than Muon, and Muon faster than AdamW, at every size?",
        Paper = "Fig. 1 (GPT-2 small to XL, learning rates 6e-4 and 1e-3, 49 billion tokens)",
        Explanation = "The paper's three optimizers at one learning rate for all, over a ladder of sizes and the paper's two rates. The sizes here are four to five orders of magnitude below the paper's tokens, so this shows how the comparison goes at the beginning of training, not what the paper shows.",
        Variants = Rules.Three,
        Arms =
        [
            new("2×64, 6e-4", "learningRate=6e-4"),
            new("2×64, 1e-3", "learningRate=1e-3"),
            new("3×96, 6e-4", "learningRate=6e-4", "model.nLayer=3", "model.nEmbd=96"),
            new("3×96, 1e-3", "learningRate=1e-3", "model.nLayer=3", "model.nEmbd=96"),
        ],
        Settings = ["steps=2000"],
        Profile = "tiny",
        Claim = new("AdaMuon ends with a lower validation loss than Muon", Lower: "adamuon-repo", Than: "muon"),
        OthersFound = "The paper's final losses for GPT-2 small lie about 0.01 nats apart each. One independent reproduction (130M parameters) saw AdaMuon ahead of Muon only at the paper's hyper-parameters.",
    };
}
