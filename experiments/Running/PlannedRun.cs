using System.Globalization;
using MiniGrad.Experiments.Catalog;

namespace MiniGrad.Experiments.Running;

/// <summary>One training run of a plan.</summary>
/// <param name="Arm">Under which conditions.</param>
/// <param name="Variant">Which rule.</param>
/// <param name="Optimizer">The rule's optimizer, resolved.</param>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="Seed">Seed of the initial weights and of the batches.</param>
internal sealed record PlannedRun(Arm Arm, Variant Variant, OptimizerOptions Optimizer, double LearningRate, ulong Seed)
{
    /// <summary>Whether runs of the plan differ in their learning rates, so that a label must say which one this is.</summary>
    public bool NamesRate { get; init; }

    /// <summary>The run's point of a <c>--grid</c> over more than rates, as <c>KEY=VALUE</c> by commas; empty where there is none.</summary>
    public string Setting { get; init; } = "";

    /// <summary>The part of it that decides what the run trains on and how, its optimizer apart.</summary>
    public string Conditions { get; init; } = "";

    /// <summary>Seed of its batches: a branch has others than the run that it branches off from.</summary>
    public ulong BatchSeed => Arm.Trunk is null ? Seed : Seed + (1UL << 32);

    /// <summary>What displays call it.</summary>
    public string Label => string.Create(CultureInfo.InvariantCulture, $"{(Arm.Name.Length > 0 ? $"{Arm.Name} · " : "")}{Variant.Name}{(NamesRate ? $" · lr {LearningRate:G}" : "")}{(Setting.Length > 0 ? $" · {Setting}" : "")} · seed {Seed}");

    /// <summary>Its folder inside the run folder; a safe name whatever arm and variant are called.</summary>
    public string Folder => Path.Combine(
        Safe(Arm.Name),
        Safe(Variant.Name),
        string.Create(CultureInfo.InvariantCulture, $"lr-{LearningRate:G}"),
        Safe(Setting),
        $"seed-{Seed}");

    private static string Safe(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? char.ToLowerInvariant(c) : '-')).Trim('.');
}
