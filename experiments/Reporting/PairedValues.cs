using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>The values of an arm that are compared, seed by seed: final validation losses, or the measure that the experiment's claim is about.</summary>
internal sealed class PairedValues
{
    private readonly Dictionary<string, double[]> _values;
    private readonly double _most;

    public PairedValues(Experiment experiment, ArmResult arm)
    {
        string? measure = experiment.Claim?.Measure;
        _values = arm.Variants.ToDictionary(v => v.Name, v => Values(v, measure));
        // Censored observations are all alike: they say nothing of how much the others scatter.
        bool isCensored = measure == Measures.TokensToBaseline && arm.Variants.Any(v => v.ToBaseline is { IsComplete: false });
        Blocks = isCensored ? null : Blocks.Of([.. _values.Values]);
        _most = measure == Measures.TokensToBaseline ? arm.Variants.Max(v => v.ToBaseline?.Length ?? 0) : Measures.LargestDifference(measure);
    }

    /// <summary>All variants whose runs ended, whose residuals are pooled where the variances allow; null where there are too few.</summary>
    public Blocks? Blocks { get; }

    /// <summary>A variant's values, by seed; NaN where a run diverged or was not measured.</summary>
    public double[] this[string variant] => _values[variant];

    /// <summary>The test of first − second, pooled where it may be; null where none can be made.</summary>
    public PairedT? Test(string first, string second)
    {
        if (PairedT.Test(this[first], this[second]) is not { } own) return null;
        return (Blocks?.Pool(own) ?? own) with { Most = _most };
    }

    private static double[] Values(VariantSummary variant, string? measure) => measure switch
    {
        null => [.. variant.Runs.Select(r => r.FinalValidationLoss)],
        Measures.TokensToBaseline => [.. variant.Runs.Select((_, i) => variant.ToBaseline?.Tokens[i] ?? double.NaN)],
        _ => [.. variant.Runs.Select(r => r.Measures.GetValueOrDefault(measure, double.NaN))],
    };
}
