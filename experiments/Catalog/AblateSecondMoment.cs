namespace MiniGrad.Experiments.Catalog;

/// <summary>Fig. 3: AdaMuon without the second moment of the orthogonalized update.</summary>
internal static class AblateSecondMoment
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-second-moment",
        Question = "Does AdaMuon need the elementwise second moment after orthogonalization?",
        Paper = "Fig. 3 (ablation; its exact switches are not confirmed to us)",
        Explanation = "AdaMuon divides the orthogonalized update by the root of its running second moment. The variant without it keeps the sign and the RMS alignment.",
        Variants =
        [
            Rules.AdaMuon,
            new("adamuon-repo without second moment", "adamuon-repo", "secondMoment=none"),
            Rules.Muon,
            Rules.AdamW,
        ],
        Profile = "tiny",
        Claim = new("AdaMuon ends with a lower validation loss than AdaMuon without second moment", Lower: "adamuon-repo", Than: "adamuon-repo without second moment"),
    };
}
