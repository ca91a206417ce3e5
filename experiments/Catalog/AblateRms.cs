namespace MiniGrad.Experiments.Catalog;

/// <summary>Fig. 3: AdaMuon without RMS alignment, at its nominal step size.</summary>
internal static class AblateRms
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-rms",
        Question = "Does AdaMuon need its update rescaled to an RMS of 0.2?",
        Paper = "Fig. 3 (ablation; that the figure has this arm is not confirmed to us)",
        Explanation = "AdaMuon rescales every update to ‖Ô‖ = 0.2√(mn). Without the alignment its factor is replaced by its nominal value, 0.2, so that the step size stays comparable.",
        Variants =
        [
            Rules.AdaMuon,
            new("adamuon-repo without alignment", "adamuon-repo", "scale=none", "extraScale=0.2"),
            Rules.Muon,
            Rules.AdamW,
        ],
        Profile = "tiny",
        Claim = new("AdaMuon ends with a lower validation loss than AdaMuon without alignment", Lower: "adamuon-repo", Than: "adamuon-repo without alignment"),
    };
}
