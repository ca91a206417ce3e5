namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: the scaling question, at sizes that two cores reach.</summary>
internal static class Ladder
{
    /// <summary>What speed-ups are over.</summary>
    public const string Baseline = "adamw";

    private const string Auxiliary = "auxiliary.learningRate=3e-3";

    public static Experiment Experiment { get; } = new()
    {
        Name = "ladder",
        Question = "Does the lead of matrix optimizers over AdamW last as models grow?",
        Paper = "beyond the paper; asked so by \"Fantastic pretraining optimizers\" (arXiv 2509.02046), where the lead shrinks from 1.4× at 0.1B parameters to 1.1× at 1.2B",
        Explanation = "Four sizes from 0.1 to 3 million parameters in the blocks, 20 tokens a parameter, linear decay to 0. Every optimizer is tuned alike: its best of one grid at each size; embeddings, head and norms of the matrix optimizers stay under AdamW at 3e-3. A power law of AdamW's loss over the counted work says how many times the work AdamW would need for another's loss. The two larger sizes have fewer seeds.",
        Variants =
        [
            Rules.AdaMuon with { Changes = [Auxiliary] },
            Rules.AdaMuonWithoutSign with { Changes = [.. Rules.AdaMuonWithoutSign.Changes, Auxiliary] },
            Rules.Muon with { Changes = [.. Rules.Muon.Changes, Auxiliary] },
            Rules.AdamW,
        ],
        Arms =
        [
            Size("0.1 M", layers: 2, width: 64, batch: 16, steps: 960),
            Size("0.3 M", layers: 3, width: 96, batch: 32, steps: 1620),
            Size("1 M", layers: 5, width: 128, batch: 64, steps: 2400) with { Seeds = 2 },
            Size("3 M", layers: 7, width: 192, batch: 128, steps: 3780) with { Seeds = 1 },
        ],
        LearningRates = [3e-3, 1e-2, 3e-2],
        Profile = "tiny",
        Claim = new("At 0.1 M parameters AdaMuon ends with a lower validation loss than AdamW, each at its best rate", Lower: Rules.AdaMuon.Name, Than: Rules.AdamW.Name),
        OthersFound = "Fair tuning shrinks the lead of matrix optimizers over AdamW to 1.4× at 0.1B parameters and 1.1× at 1.2B (arXiv 2509.02046).",
        Drawing = Drawing.Scaling,
    };

    // 12·layers·width² parameters, 128·batch tokens a step, 20 tokens a parameter.
    private static Arm Size(string name, int layers, int width, int batch, int steps) =>
        new(name, "schedule=linear", $"model.nLayer={layers}", $"model.nEmbd={width}", "model.nHead=4", "model.blockSize=128", $"batch={batch}", $"steps={steps}");
}
