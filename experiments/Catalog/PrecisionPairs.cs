namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: whether products in bfloat16 change what an experiment finds.</summary>
internal static class PrecisionPairs
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "precision",
        Question = "Do products in bfloat16 change what an optimizer reaches?",
        Paper = "beyond the paper, whose code trains in bfloat16",
        Explanation = "The variants of ablate-sign, each twice: the operands of all products of linear layers, forward and backward, in float32 or rounded to bfloat16. Weights, residual stream, norms, loss, gradients and optimizer are float32 in both. Where every variant's pair lies within ±0.01 nats with 90 % confidence, bfloat16 is the default.",
        Variants = [.. AblateSign.Experiment.Variants.SelectMany(v => new[] { v with { Precision = Precision.Float32 }, v with { Name = $"{v.Name}, bfloat16", Precision = Precision.Bfloat16 } })],
        Settings = ["steps=300", "schedule=constant"],
        Claim = new("AdaMuon in bfloat16 ends with a lower validation loss than in float32", Lower: "adamuon-repo, bfloat16", Than: "adamuon-repo"),
        Drawing = Drawing.Ranking,
        Seeds = 5,
    };
}
