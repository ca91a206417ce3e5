using MiniGrad.Experiments.Probes;

namespace MiniGrad.Experiments.Catalog;

/// <summary>Fig. 4: how training behaves, layer by layer.</summary>
internal static class Figure4
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "figure4",
        Question = "How do updates, weights and attention logits behave under AdaMuon, Muon and AdamW?",
        Paper = "Fig. 4 (training behaviour; its panels are not confirmed to us)",
        Explanation = "Per matrix inside the blocks: root mean square of update and weight, spread of the update's singular values and its stable rank; per layer the largest attention logit; and the share of clipped steps.",
        Variants = Rules.Three,
        Profile = "tiny",
        Probes = [new LayersProbe()],
        Drawing = Drawing.Behaviour,
    };
}
