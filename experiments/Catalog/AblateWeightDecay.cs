using System.Globalization;

namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: the weight decay.</summary>
internal static class AblateWeightDecay
{
    private static readonly double[] Values = [0.01, 0.03, 0.1, 0.3, 1];

    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-weight-decay",
        Question = "How much weight decay does each optimizer want?",
        Paper = "beyond the paper (which takes 0.1)",
        Explanation = "AdaMuon, Muon and AdamW over λ, decoupled: W shrinks by ηλ a step. In a run this short ηλ times the steps is small, so small differences are what is to be expected.",
        Variants = [.. Of("adamuon-repo", "adamuon-repo"), .. Of("muon", "muon", "scale=match-rms-adamw"), .. Of("adamw", "adamw")],
        Profile = "tiny",
        Claim = new("AdaMuon with a decay of 0.1 ends with a lower validation loss than with 1", Lower: "adamuon-repo, λ 0.1", Than: "adamuon-repo, λ 1"),
        Drawing = Drawing.Sweep,
        Axis = "weight decay λ",
        AxisIsLogarithmic = true,
    };

    private static IEnumerable<Variant> Of(string series, string preset, params string[] changes) => Values.Select(decay =>
    {
        string text = decay.ToString(CultureInfo.InvariantCulture);
        return new Variant($"{series}, λ {text}", preset, [.. changes, $"weightDecay={text}"]) { At = decay, Series = series };
    });
}
