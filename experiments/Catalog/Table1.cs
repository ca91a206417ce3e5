using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Catalog;

/// <summary>Table 1: the tokens that AdaMuon and Muon save on the way to AdamW's final loss.</summary>
internal static class Table1
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "table1",
        Question = "How many tokens do AdaMuon and Muon save on the way to AdamW's final loss?",
        Paper = "Table 1 (AdaMuon saves 34 % for GPT-2 small at 6e-4, Muon 25 %; 52 % and 50 % for XL at 1e-3)",
        Explanation = "The runs of figure1, read the other way: on smoothed training-loss curves, the tokens at which each optimizer reaches what AdamW ends with, seed by seed, by linear interpolation. A negative saving cannot be read off: a run that never gets there is counted as not reached.",
        Variants = Rules.Three,
        Arms = Figure1.Experiment.Arms,
        Settings = Figure1.Experiment.Settings,
        Profile = "tiny",
        Claim = new("AdaMuon reaches AdamW's final training loss with fewer tokens than Muon", Lower: "adamuon-repo", Than: "muon") { Measure = Measures.TokensToBaseline },
        Drawing = Drawing.TokensSaved,
    };
}
