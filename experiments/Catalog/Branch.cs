namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: what the sign does once training is under way.</summary>
internal static class Branch
{
    private const int TrunkSteps = 1500;
    private const double TrunkRate = 6e-3;

    public static Experiment Experiment { get; } = new()
    {
        Name = "branch",
        Question = "Does the sign help once training is under way?",
        Paper = "beyond the paper (whose runs are 1,600 times as long as these)",
        Explanation = "Every optimizer goes on from one checkpoint in the middle of training, of a run of Muon or of AdamW, with the same weights for all, no optimizer state and new batches, while the rate decays to 0. Nesterov wherever there is momentum. Each is shown at its best of three rates. What differs in runs from new weights and not here is an effect of the start.",
        Variants = [Rules.AdaMuon, Rules.AdaMuonWithoutSign, Rules.Muon, Rules.AdamW],
        Arms =
        [
            new("from Muon") { Trunk = new Trunk(Rules.Muon, TrunkSteps, TrunkRate) },
            new("from AdamW") { Trunk = new Trunk(Rules.AdamW, TrunkSteps, TrunkRate) },
        ],
        Settings = ["steps=800", "schedule=linear"],
        LearningRates = [1e-3, 3e-3, 6e-3],
        Profile = "tiny",
        Claim = new("From a checkpoint of Muon's, AdaMuon ends with a lower validation loss than AdaMuon without sign", Lower: Rules.AdaMuon.Name, Than: Rules.AdaMuonWithoutSign.Name),
        Seeds = 5,
    };
}
