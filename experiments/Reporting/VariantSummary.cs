using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Reporting;

/// <summary>One row of the table: a variant at one learning rate, over its seeds.</summary>
internal sealed record VariantSummary
{
    public required string Name { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>Its point of a grid over more than rates; empty where there is none.</summary>
    public string Setting { get; init; } = "";

    /// <summary>Its runs, by seed.</summary>
    public required IReadOnlyList<RunRecord> Runs { get; init; }

    public required Sample TrainLoss { get; init; }

    public required Sample ValidationLoss { get; init; }

    /// <summary>Mean final validation loss in bits per byte of text.</summary>
    public required double BitsPerByte { get; init; }

    /// <summary>The tokens to come down to the baseline's final training loss, seed by seed; null where no AdamW variant finished every run.</summary>
    public TokensToBaseline? ToBaseline { get; init; }

    /// <summary>Whether this is that baseline.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Whether a run diverged, so that there is no mean.</summary>
    public bool Diverged => Runs.Any(r => r.Result.Outcome == TrainingOutcome.Diverged);

    /// <summary>The median time of a step over all runs (<see cref="StepSeconds"/>), evaluation and logging not counted.</summary>
    public required double SecondsPerStep { get; init; }

    /// <summary>What probes measured, by key.</summary>
    public IReadOnlyDictionary<string, Sample> Measures => Runs[0].Measures.Keys.ToDictionary(key => key, key => Sample.Of([.. Runs.Select(r => r.Measures.GetValueOrDefault(key, double.NaN))]));

    public required double UpdateRms { get; init; }
}
