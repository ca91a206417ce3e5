namespace MiniGrad.Experiments.Catalog;

/// <summary>The whole grid of what AdaMuon adds to Muon.</summary>
internal static class AblateAll
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-all",
        Question = "Which of AdaMuon's three additions to Muon help, alone and together?",
        Paper = "Fig. 3 (ablation; its exact switches are not confirmed to us)",
        Explanation = "All eight corners of sign × second moment × RMS alignment. Removing a stage never changes the nominal step size: without alignment its factor is its nominal value, 0.2 with the second moment and 0.2√max(m,n) without it. Momentum (accumulated, no Nesterov) is the same in all corners, so the empty corner is Muon with that momentum, scaled by 0.2√max(m,n).",
        Variants =
        [
            new("adamuon", "adamuon"),
            new("adamuon without sign", "adamuon", "sign=false"),
            new("adamuon without second moment", "adamuon", "secondMoment=none"),
            new("adamuon without alignment", "adamuon", "scale=none", "extraScale=0.2"),
            new("adamuon without sign and second moment", "adamuon", "sign=false", "secondMoment=none"),
            new("adamuon without sign and alignment", "adamuon", "sign=false", "scale=none", "extraScale=0.2"),
            new("adamuon without second moment and alignment", "adamuon", "secondMoment=none", "scale=match-rms-adamw"),
            new("muon", "adamuon", "sign=false", "secondMoment=none", "scale=match-rms-adamw"),
        ],
        Claim = new("AdaMuon, with all three, ends with a lower validation loss than Muon, with none", Lower: "adamuon", Than: "muon"),
        Drawing = Drawing.Ranking,
    };
}
