namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: every coefficient set, and the exact polar factor.</summary>
internal static class AblateCoefficients
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-coefficients",
        Question = "Do the Newton–Schulz coefficients matter, and is the exact polar factor better?",
        Paper = "beyond the paper (which takes Jordan's)",
        Explanation = "Muon with every coefficient set at its usual number of steps, and with the exact polar factor, in float64 on the host, as the oracle. The set aol comes with its own normalization.",
        Variants =
        [
            Rules.Muon,
            new("exact polar factor", "muon", "scale=match-rms-adamw", "orthogonalizer.method=polar"),
            Of("quintic"), Of("polar-express"), Of("cans"), Of("aol", "orthogonalizer.normalization=aol"), Of("deepseek-v4", "orthogonalizer.steps=10"), Of("cubic5"), Of("classic"), Of("leloykun"),
        ],
        Profile = "tiny",
        Claim = new("Muon with the exact polar factor ends with a lower validation loss than with Jordan's coefficients", Lower: "exact polar factor", Than: "muon"),
        Drawing = Drawing.Ranking,
    };

    private static Variant Of(string set, params string[] changes) => new(set, "muon", ["scale=match-rms-adamw", $"orthogonalizer.coefficients={set}", .. changes]);
}
