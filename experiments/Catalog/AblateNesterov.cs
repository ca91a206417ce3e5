namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: the form of the momentum.</summary>
internal static class AblateNesterov
{
    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-nesterov",
        Question = "Does it matter whether the momentum looks ahead, and how it accumulates?",
        Paper = "beyond the paper (whose Algorithm 1 accumulates without Nesterov, while the authors' code averages with it)",
        Explanation = "AdaMuon's and Muon's steps do not depend on the scale of the momentum, so averaged and accumulated momentum differ only where a look-ahead weighs the newest gradient.",
        Variants =
        [
            Rules.AdaMuon,
            Rules.Algorithm1,
            new("adamuon with Nesterov", "adamuon", "nesterov=true"),
            Rules.Muon,
            Rules.MuonWithoutNesterov,
            new("muon accumulated with Nesterov", "muon-moonlight"),
        ],
        Profile = "tiny",
        Claim = new("AdaMuon with Nesterov, as in the authors' code, ends lower than as in the paper's Algorithm 1", Lower: Rules.AdaMuon.Name, Than: Rules.Algorithm1.Name),
        Drawing = Drawing.Ranking,
    };
}
