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
            new("adamuon", "adamuon"),
            new("adamuon without second moment", "adamuon", "secondMoment=none"),
            new("muon", "muon", "scale=match-rms-adamw"),
            new("adamw", "adamw"),
        ],
        Claim = new("AdaMuon ends with a lower validation loss than AdaMuon without second moment", Lower: "adamuon", Than: "adamuon without second moment"),
    };
}
