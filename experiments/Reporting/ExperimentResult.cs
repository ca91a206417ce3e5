using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>An experiment that has run: what tables, verdict, figure and JSON are made from.</summary>
internal sealed record ExperimentResult
{
    public required Experiment Experiment { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<ArmResult> Arms { get; init; }

    /// <summary>What the claim comes to, in the first arm.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Every other comparison, of all arms.</summary>
    public required IReadOnlyList<Comparison> Others { get; init; }

    /// <summary>The effects of a factorial, of all arms, main ones first; empty elsewhere, and where a run of the arm diverged.</summary>
    public IReadOnlyList<EffectResult> Effects { get; init; } = [];

    public required string RunFolder { get; init; }

    /// <summary>The figure, or null where no run was evaluated.</summary>
    public string? Figure { get; init; }

    /// <summary>The arm that decides the claim.</summary>
    public ArmResult Primary => Arms[0];

    public IEnumerable<RunRecord> Records => Arms.SelectMany(a => a.Records);

    /// <summary>Whether a run is one of those that the tables' rows stand for.</summary>
    public bool Shows(RunRecord record) => Arms.Any(a => a.Variants.Any(v => v.Runs.Contains(record)));
}
