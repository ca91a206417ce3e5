namespace MiniGrad.Experiments.Catalog;

/// <summary>Fig. 3: AdaMuon without the sign of the momentum, beside Muon and AdamW.</summary>
internal static class AblateSign
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-sign",
        Question = "Does AdaMuon need the sign of the momentum before orthogonalization?",
        Paper = "Fig. 3 (ablation; its exact switches are not confirmed to us) and Theorem 1",
        Explanation = "AdaMuon (Algorithm 1) orthogonalizes sign(M) instead of the momentum M. The variant without sign changes nothing else; Muon (scaled by 0.2√max(m,n)) and AdamW are the baselines.",
        Variants =
        [
            new("adamuon", "adamuon"),
            new("adamuon without sign", "adamuon", "sign=false"),
            new("muon", "muon", "scale=match-rms-adamw"),
            new("adamw", "adamw"),
        ],
        Claim = new("AdaMuon ends with a lower validation loss than AdaMuon without sign", Lower: "adamuon", Than: "adamuon without sign"),
        OthersFound = "The paper argues for the sign (Theorem 1) and shows its ablations at 49 billion tokens. One independent reproduction (130M parameters) saw AdaMuon ahead of Muon only at the paper's hyper-parameters.",
    };
}
