namespace MiniGrad.Experiments.Catalog;

/// <summary>Every experiment that trains language models: the paper's in its order, then those beyond it.</summary>
internal static class ExperimentCatalog
{
    public static IReadOnlyList<Experiment> All { get; } =
    [
        Figure1.Experiment,
        Table1.Experiment,
        Figure2.Experiment,
        Table2.Experiment,
        AblateSign.Experiment,
        AblateSecondMoment.Experiment,
        AblateRms.Experiment,
        AblateAll.Experiment,
        Figure4.Experiment,
        Figure5.Experiment,
        AblateTransform.Experiment,
        SharedOrTuned.Experiment,
        AblatePlacement.Experiment,
        AblateNsSteps.Experiment,
        AblateCoefficients.Experiment,
        AblateBeta2.Experiment,
        AblateNesterov.Experiment,
        AblateScale.Experiment,
        AblateWeightDecay.Experiment,
        AblateRouting.Experiment,
        AblatePresets.Experiment,
        Start.Experiment,
        Branch.Experiment,
        Regime.Experiment,
        LrTransfer.Experiment,
        Ladder.Experiment,
        PrecisionPairs.Experiment,
    ];

    public static Experiment? Find(string name) => All.FirstOrDefault(e => e.Name == name);
}
