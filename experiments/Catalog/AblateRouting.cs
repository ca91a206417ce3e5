namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: what is orthogonalized, and as which matrices.</summary>
internal static class AblateRouting
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-routing",
        Question = "Which parameters should AdaMuon orthogonalize, and as which matrices?",
        Paper = "beyond the paper (the blocks' matrices; embedding and head under AdamW; Q, K and V as one matrix)",
        Explanation = "Embedding and head under AdamW or orthogonalized, too; the fused projection of Q, K and V as one matrix, as three, or head by head.",
        Variants =
        [
            new("adamuon", "adamuon"),
            new("adamuon, QKV split", "adamuon", "routing.qkv=split"),
            new("adamuon, per head", "adamuon", "routing.qkv=heads"),
            new("adamuon, head too", "adamuon", "routing.include=lm_head.weight"),
            new("adamuon, embedding and head too", "adamuon", "routing.include=lm_head.weight,wte.weight"),
        ],
        Claim = new("AdaMuon with embedding and head under AdamW ends lower than with both orthogonalized", Lower: "adamuon", Than: "adamuon, embedding and head too"),
        Drawing = Drawing.Ranking,
    };
}
