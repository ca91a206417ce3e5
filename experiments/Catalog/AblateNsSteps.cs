namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: the number of Newton–Schulz steps.</summary>
internal static class AblateNsSteps
{
    private static readonly int[] Steps = [1, 2, 3, 5, 7, 10];

    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-ns-steps",
        Question = "How many Newton–Schulz steps are enough?",
        Paper = "beyond the paper (which takes 5)",
        Explanation = "Muon and AdaMuon with 1 to 10 steps of the coefficients jordan, which bring singular values near 1 and never to it.",
        Variants = [.. Of("adamuon-repo", "adamuon-repo"), .. Of("muon", "muon", "scale=match-rms-adamw")],
        Profile = "tiny",
        Claim = new("Muon with 5 steps ends with a lower validation loss than with 2", Lower: "muon, 5 steps", Than: "muon, 2 steps"),
        Drawing = Drawing.Sweep,
        Axis = "Newton–Schulz steps",
    };

    private static IEnumerable<Variant> Of(string series, string preset, params string[] changes) =>
        Steps.Select(n => new Variant($"{series}, {n} step{(n == 1 ? "" : "s")}", preset, [.. changes, $"orthogonalizer.steps={n}"]) { At = n, Series = series });
}
