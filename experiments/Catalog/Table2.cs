using MiniGrad.Experiments.Probes;

namespace MiniGrad.Experiments.Catalog;

/// <summary>Table 2: what the trained models can do besides their own text.</summary>
internal static class Table2
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "table2",
        Question = "Does the optimizer with the lower loss also do better on other texts and at copying?",
        Paper = "Table 2 (15 downstream tasks: AdamW 29.8, Muon 31.6, AdaMuon 32.6 on average)",
        Explanation = "Models of this size solve no downstream task. In their place: bits per byte on the documentation of two libraries, by other authors about other matters, that no model was trained on, and an induction probe (random bytes repeated once; how much better are they predicted the second time?).",
        Variants = Rules.Three,
        Profile = "tiny",
        Claim = new("AdaMuon's model codes another text in fewer bits per byte than AdamW's", Lower: "adamuon-repo", Than: "adamw") { Measure = "corpora.numerics", Margin = 0.01 },
        Probes = [new CorporaProbe(), new InductionProbe()],
        Drawing = Drawing.MeasuredByVariant,
    };
}
