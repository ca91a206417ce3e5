namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: the factor of the shape.</summary>
internal static class AblateScale
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-scale",
        Question = "Which scale of Muon's update is best, when each gets its own learning rate?",
        Paper = "beyond the paper (whose Muon is scaled by 0.2√max(m,n))",
        Explanation = "The scales differ by factors of ten in the size of a step, so each is run on a wide grid of rates; embeddings, head and norms stay under AdamW at 3e-3 throughout.",
        Variants = [Of("match-rms-adamw"), Of("shape"), Of("unit-rms"), Of("spectral"), Of("rms-align")],
        LearningRates = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1],
        Profile = "tiny",
        Claim = new("Muon aligned to an RMS of 0.2 ends lower than Muon scaled by 0.2√max(m,n), each at its best rate", Lower: "rms-align", Than: "match-rms-adamw"),
        Drawing = Drawing.LearningRates,
    };

    private static Variant Of(string scale) => new(scale, "muon", $"scale={scale}", "auxiliary.learningRate=3e-3");
}
