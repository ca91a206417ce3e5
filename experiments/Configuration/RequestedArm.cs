using MiniGrad.Experiments.Catalog;

namespace MiniGrad.Experiments.Configuration;

/// <summary>An arm with the settings that profile, experiment, arm and command line resolve to.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Settings">What its runs share.</param>
/// <param name="LearningRates">The rates that every variant is run at.</param>
internal sealed record RequestedArm(Arm Arm, RunSettings Settings, IReadOnlyList<double> LearningRates)
{
    /// <summary>The points of a grid over more than rates; the first has <see cref="Settings"/>.</summary>
    public IReadOnlyList<GridPoint> Points { get; init; } = [new GridPoint("", Settings, [])];
}
