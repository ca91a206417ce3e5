using MiniGrad.Experiments.Probes;

namespace MiniGrad.Experiments.Catalog;

/// <summary>Beyond the paper: the first 300 steps under a microscope.</summary>
internal static class Start
{
    private const int Looks = 30;

    public static Experiment Experiment { get; } = new()
    {
        Name = "start",
        Question = "What do sign and look-ahead do to the first 300 steps?",
        Paper = "beyond the paper (whose warm-up is seven times as long as these runs)",
        Explanation = "Thirty times in the first 300 steps, how far each matrix's step goes against the gradient of a batch 16 times as large, taken at the weights before it: the cosine, weight decay included. 1 is steepest descent, 0 a step to the side. At the beginning the momentum lags behind the gradient; a look-ahead mends that, a sign makes it worse.",
        Variants = [Rules.AdaMuon, Rules.AdaMuonWithoutSign, Rules.Algorithm1, Rules.Algorithm1WithoutSign, Rules.Muon, Rules.MuonWithoutNesterov, Rules.AdamW],
        Settings = ["steps=300", "schedule=constant"],
        Profile = "tiny",
        Probes = [new LayersProbe(Looks)],
        Claim = new("The steps of AdaMuon go less against the gradient of a large batch than those of AdaMuon without sign", Lower: Rules.AdaMuon.Name, Than: Rules.AdaMuonWithoutSign.Name) { Measure = "layers.cosine" },
        Drawing = Drawing.Descent,
        Seeds = 5,
    };
}
