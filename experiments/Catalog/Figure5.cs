namespace MiniGrad.Experiments.Catalog;

/// <summary>Fig. 5: a DeepSeek-V3-style mixture of experts.</summary>
internal static class Figure5
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "figure5",
        Question = "Does AdaMuon beat AdamW on a mixture of experts?",
        Paper = "Fig. 5 (a DeepSeek-V3-style model, AdamW and AdaMuon)",
        Explanation = "A shared expert and eight routed ones, two a token, balanced by a bias and no auxiliary loss; every expert's matrices are orthogonalized on their own, the router trains under AdamW.",
        Variants =
        [
            Rules.AdaMuon,
            Rules.AdaMuonWithoutSign,
            Rules.AdamW,
        ],
        Settings = ["model.family=deepseek-moe"],
        Profile = "tiny",
        Claim = new("AdaMuon ends with a lower validation loss than AdamW", Lower: "adamuon-repo", Than: "adamw"),
    };
}
