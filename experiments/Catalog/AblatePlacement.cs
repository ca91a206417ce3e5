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
            new("adamuon", "adamuon"),
            new("adamuon without sign", "adamuon", "sign=false"),
            new("adamuon without sign, second moment before", "adamuon", "sign=false", "secondMomentPlacement=before"),
            new("adamuon without sign and second moment", "adamuon", "sign=false", "secondMoment=none"),
        ],
        Claim = new("without the sign, AdaMuon with the second moment after ends lower than with it before", Lower: "adamuon without sign", Than: "adamuon without sign, second moment before"),
        Drawing = Drawing.Ranking,
    };
}
