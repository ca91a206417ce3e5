namespace MiniGrad.Experiments.Catalog;

/// <summary>Fig. 3: AdaMuon without the sign of the momentum, beside Muon and AdamW.</summary>
internal static class AblateSign
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-sign",
        Question = "Does AdaMuon need the sign of the momentum before orthogonalization?",
        Paper = "Fig. 3 (ablation; its exact switches are not confirmed to us) and Theorem 1",
        Explanation = "AdaMuon orthogonalizes the sign of the momentum instead of the momentum; the variant without sign changes nothing else. Muon (scaled by 0.2√max(m,n)) and AdamW are the baselines. The authors' code (adamuon-repo) looks ahead with Nesterov, as Muon does, and is what the claim is about; Algorithm 1 of the paper (adamuon) shows no look-ahead and is the second answer.",
        Variants = [Rules.AdaMuon, Rules.AdaMuonWithoutSign, Rules.Muon, Rules.AdamW, Rules.Algorithm1, Rules.Algorithm1WithoutSign],
        Arms =
        [
            new("linear decay", "schedule=linear"),
            new("constant rate", "schedule=constant"),
            new("warm-up, stable, decay", "schedule=wsd"),
        ],
        Profile = "tiny",
        Claim = new("AdaMuon ends with a lower validation loss than AdaMuon without sign", Lower: Rules.AdaMuon.Name, Than: Rules.AdaMuonWithoutSign.Name),
        OthersFound = "The paper argues for the sign (Theorem 1) and shows its ablations at 49 billion tokens. One independent reproduction (130M parameters) saw AdaMuon ahead of Muon only at the paper's hyper-parameters.",
    };
}
