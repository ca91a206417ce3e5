namespace MiniGrad.Experiments.Catalog;

/// <summary>Theorem 1: the sign against other elementwise transforms of the momentum.</summary>
internal static class AblateTransform
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-transform",
        Question = "Is the sign the best elementwise transform before orthogonalization?",
        Paper = "Theorem 1 (the sign is the only transform with the invariance that it asks for; it says nothing of the loss)",
        Explanation = "AdaMuon with the momentum as it is, tanh(U/RMS), the signed square root and the sign. Everything else is the same.",
        Variants =
        [
            Rules.AdaMuon,
            new("adamuon-repo with signed square root", "adamuon-repo", "sign=false", "projection=1.5"),
            new("adamuon-repo with tanh", "adamuon-repo", "sign=false", "transform=tanh"),
            Rules.AdaMuonWithoutSign,
        ],
        Profile = "tiny",
        Claim = new("AdaMuon ends with a lower validation loss than with the signed square root", Lower: "adamuon-repo", Than: "adamuon-repo with signed square root"),
        Drawing = Drawing.Ranking,
    };
}
