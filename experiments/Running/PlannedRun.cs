using System.Globalization;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Optim;

namespace MiniGrad.Experiments.Running;

/// <summary>One training run of a plan.</summary>
/// <param name="Variant">Which arm.</param>
/// <param name="Optimizer">The arm's optimizer, resolved.</param>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="Seed">Seed of the initial weights and of the batches.</param>
internal sealed record PlannedRun(Variant Variant, OptimizerOptions Optimizer, double LearningRate, ulong Seed)
{
    /// <summary>Whether runs of the plan differ in their learning rates, so that a label must say which one this is.</summary>
    public bool NamesRate { get; init; }

    /// <summary>What displays call it.</summary>
    public string Label => string.Create(CultureInfo.InvariantCulture, $"{Variant.Name}{(NamesRate ? $" · lr {LearningRate:G}" : "")} · seed {Seed}");

    /// <summary>Its folder inside the run folder; a safe name whatever the variant is called.</summary>
    public string Folder => Path.Combine(
        string.Concat(Variant.Name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')),
        string.Create(CultureInfo.InvariantCulture, $"lr-{LearningRate:G}"),
        $"seed-{Seed}");
}
