namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: the second moment before or after orthogonalization.</summary>
internal static class AblatePlacement
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-placement",
        Question = "Should the second moment act before or after orthogonalization?",
        Paper = "beyond the paper (which places it after)",
        Explanation = "Before, the momentum is divided by the root of its own second moment as in Adam, and then orthogonalized. The sign would undo that, so the pair that is compared has none.",
        Variants =
        [
            Rules.AdaMuon,
            Rules.AdaMuonWithoutSign,
            new("adamuon-repo without sign, second moment before", "adamuon-repo", "sign=false", "secondMomentPlacement=before"),
            new("adamuon-repo without sign and second moment", "adamuon-repo", "sign=false", "secondMoment=none"),
        ],
        Profile = "tiny",
        Claim = new("without the sign, AdaMuon with the second moment after ends lower than with it before", Lower: "adamuon-repo without sign", Than: "adamuon-repo without sign, second moment before"),
        Drawing = Drawing.Ranking,
    };
}
