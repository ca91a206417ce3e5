namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: what goes by the name of AdaMuon.</summary>
internal static class AblatePresets
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-presets",
        Question = "How far apart are the rules that go by the name of AdaMuon, each at its own learning rate?",
        Paper = "beyond the paper: Algorithm 1, the authors' code now and before, three ports",
        Explanation = "The presets' steps differ by factors of up to 50 for one learning rate, so each is run on a wide grid; embeddings, head and norms stay under AdamW at 3e-3 throughout.",
        Variants =
        [
            Of("adamuon"), Of("adamuon-repo"), Of("adamuon-v1"), Of("adamuon-blagpt"), Of("adamuon-pytorch-optimizer"), Of("nvidia-adamuon"),
            new("muon", "muon", "scale=match-rms-adamw", "auxiliary.learningRate=3e-3"),
        ],
        LearningRates = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1],
        Profile = "tiny",
        Claim = new("the authors' present code ends lower than their first version, each at its best rate", Lower: "adamuon-repo", Than: "adamuon-v1"),
        Drawing = Drawing.LearningRates,
    };

    private static Variant Of(string preset) => new(preset, preset, "auxiliary.learningRate=3e-3");
}
