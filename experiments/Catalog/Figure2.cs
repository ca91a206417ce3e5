using MiniGrad.Experiments.Probes;

namespace MiniGrad.Experiments.Catalog;

/// <summary>Fig. 2: a Qwen2-style model, loss by tokens and by seconds.</summary>
internal static class Figure2
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "figure2",
        Question = "On a Qwen2-style model, what is left of the saved tokens by the clock?",
        Paper = "Fig. 2 (Qwen2.5 1.5B and 7B; 7.85, 7.94 and 8.01 s a step for AdamW, Muon and AdaMuon)",
        Explanation = "RMSNorm, rotary positions, grouped queries, SwiGLU and biases of Q, K and V; the same three optimizers, the loss by tokens and by seconds, and what forward pass, backward pass and optimizer take of a step. At this size Newton–Schulz is a large part of a step; the paper's models are large enough to make it a percent or two.",
        Variants = Rules.Three,
        Settings = ["model.family=qwen2", "model.nKvHead=2"],
        Profile = "tiny",
        Claim = new("AdaMuon ends with a lower validation loss than AdamW", Lower: "adamuon-repo", Than: "adamw"),
        Probes = [new TimeSplitProbe()],
        Drawing = Drawing.TokensAndSeconds,
    };
}
