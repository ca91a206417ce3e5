using System.Globalization;

namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: the memory of the second moment.</summary>
internal static class AblateBeta2
{
    private const double Momentum = 0.95; // what β₂ is where nothing is said

    private static readonly double[] Values = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999];

    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-beta2",
        Question = "How long should AdaMuon's second moment remember?",
        Paper = "beyond the paper (where β₂ is the momentum's β, 0.95)",
        Explanation = "AdaMuon over β₂, with and without the sign; no bias correction, which the alignment cancels.",
        Variants = [.. Of("adamuon-repo"), .. Of("adamuon-repo without sign", "sign=false")],
        Profile = "tiny",
        Claim = new("AdaMuon with β₂ = 0.95 ends with a lower validation loss than with 0.5", Lower: "adamuon-repo, β₂ 0.95", Than: "adamuon-repo, β₂ 0.5"),
        Drawing = Drawing.Sweep,
        Axis = "1/(1 − β₂): steps remembered",
        AxisIsLogarithmic = true,
    };

    private static IEnumerable<Variant> Of(string series, params string[] changes) => Values.Select(beta2 =>
    {
        string text = beta2.ToString(CultureInfo.InvariantCulture);
        return new Variant($"{series}, β₂ {text}", "adamuon-repo", beta2 == Momentum ? changes : [.. changes, $"beta2={text}"]) { At = 1 / (1 - beta2), Series = series };
    });
}
