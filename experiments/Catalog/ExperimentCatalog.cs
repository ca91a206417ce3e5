namespace MiniGrad.Experiments.Catalog;

/// <summary>Every experiment there is.</summary>
internal static class ExperimentCatalog
{
    public static IReadOnlyList<Experiment> All { get; } =
    [
        AblateSign.Experiment,
        AblateSecondMoment.Experiment,
        AblateRms.Experiment,
    ];

    public static Experiment? Find(string name) => All.FirstOrDefault(e => e.Name == name);
}
