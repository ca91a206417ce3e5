using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.DualNorm;

/// <summary>All runs, and what they say.</summary>
internal sealed record DualNormResult(DualNormSettings Settings, IReadOnlyList<DualNormOutcome> Runs)
{
    public IReadOnlyList<DualNormCondition> Conditions => DualNormRecord.Conditions(Settings);

    /// <summary>A variant's runs in a condition, by seed.</summary>
    public DualNormOutcome[] Of(DualNormCondition condition, DualNormVariant variant) => [.. Runs.Where(r => r.Plan.Condition == condition && r.Plan.Variant == variant)];

    /// <summary>Dual-norm Muon (s ≤ 1) against Muon in a condition, by log₁₀ of the final loss, seed by seed.</summary>
    public Verdict Compare(DualNormCondition condition, string claim = "") => Verdict.Decide(claim, Direction.Lower,
        [.. Of(condition, DualNormRecord.Variants[1]).Select(r => r.LogFinal)], [.. Of(condition, DualNormRecord.Variants[0]).Select(r => r.LogFinal)]);

    public Verdict Verdict => Compare(DualNormRecord.Primary, DualNormRecord.Claim);

    /// <summary>p of every other condition's comparison, adjusted by Holm's method.</summary>
    public IReadOnlyDictionary<DualNormCondition, double> Adjusted
    {
        get
        {
            DualNormCondition[] others = [.. Conditions.Where(c => c != DualNormRecord.Primary)];
            double[] p = Holm.Adjust([.. others.Select(c => Compare(c).Test?.P ?? double.NaN)]);
            return others.Zip(p).ToDictionary(pair => pair.First, pair => pair.Second);
        }
    }
}
