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
            Rules.AdaMuon,
            new("adamuon-repo, QKV split", "adamuon-repo", "routing.qkv=split"),
            new("adamuon-repo, per head", "adamuon-repo", "routing.qkv=heads"),
            new("adamuon-repo, head too", "adamuon-repo", "routing.include=lm_head.weight"),
            new("adamuon-repo, embedding and head too", "adamuon-repo", "routing.include=lm_head.weight,wte.weight"),
        ],
        Profile = "tiny",
        Claim = new("AdaMuon with embedding and head under AdamW ends lower than with both orthogonalized", Lower: "adamuon-repo", Than: "adamuon-repo, embedding and head too"),
        Drawing = Drawing.Ranking,
    };
}
