using System.Globalization;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Theory;

/// <summary>All runs, and what they say about the claims.</summary>
internal sealed record TheoryResult(TheorySettings Settings, IReadOnlyList<TheorySummary> Runs)
{
    public long TotalSteps => Runs.Sum(run => (long)run.Plan.Steps);

    /// <summary>The runs of the decaying schedule at a noise, by seed.</summary>
    public TheorySummary[] Decaying(double noise) => [.. Runs.Where(r => r.Plan.Decays && r.Plan.Noise == noise)];

    /// <summary>The runs of a constant rate at a noise, by seed.</summary>
    public TheorySummary[] Constant(double noise, double eta) => [.. Runs.Where(r => !r.Plan.Decays && r.Plan.Noise == noise && r.Plan.Eta == eta)];

    /// <summary>The exponents of every arm; predictions are for gradients without noise.</summary>
    public IEnumerable<SlopeCheck> Slopes => Settings.Noises.SelectMany(noise =>
    {
        string arm = noise == 0 ? "no noise" : string.Create(CultureInfo.InvariantCulture, $"noise {noise}");
        double Only(double predicted) => noise == 0 ? predicted : double.NaN;
        TheorySummary[] decaying = Decaying(noise);
        return (SlopeCheck[])
        [
            new("least ‖∇f‖ so far over t, η₀/√t", arm, Only(-0.5), [.. decaying.Select(r => r.LeastSlope)]),
            new("‖∇f‖ itself over t, η₀/√t", arm, Only(-0.5), [.. decaying.Select(r => r.GradientSlope)]),
            new("mean of ⟨∇f, U⟩, which is bounded, over t, η₀/√t", arm, double.NaN, [.. decaying.Select(r => r.DescentSlope)]),
            new("η-weighted mean of ‖∇f‖ over t, η₀/√t", arm, double.NaN, [.. decaying.Select(r => r.AverageSlope)]),
            new("the summed bound itself over t, η₀/√t", arm, double.NaN, [.. decaying.Select(r => r.BoundSlope)]),
            new("plateau of ‖∇f‖ over η, constant η", arm, Only(1), [.. PlateauSlopes(noise)]),
        ];
    });

    /// <summary>The exponent of the plateau without noise.</summary>
    public SlopeCheck Plateau => Slopes.First(s => s.Predicted == 1);

    /// <summary>The exponent of ‖∇f‖ with η₀/√t without noise.</summary>
    public SlopeCheck GradientSlope => Slopes.ElementAt(1);

    public IEnumerable<double> PlateauSlopes(double noise) => Enumerable.Range(0, Settings.Seeds)
        .Select(seed => PowerLaw.Slope(Settings.Constants, [.. Settings.Constants.Select(eta => Constant(noise, eta)[seed].Plateau)]));

    public IReadOnlyList<TheoryClaim> Claims
    {
        get
        {
            TheorySummary[] decaying = Decaying(0);
            Verdict steep = Verdict.Decide(TheoryRecord.AtLeastAsSteep, Direction.Lower, [.. decaying.Select(r => r.LeastSlope)], [.. decaying.Select(r => r.BoundSlope)]);
            return
            [
                Counted(TheoryRecord.OneStep, Runs.Sum(r => r.OneStepViolations), string.Create(CultureInfo.InvariantCulture, $"; the two sides come as near as {Runs.Min(r => r.LeastSlack):F3} of the last term. Its sums hold, too: {Runs.Sum(r => r.AverageViolations)} violations")),
                Counted(TheoryRecord.Preconditioner, Runs.Sum(r => r.PreconditionerViolations), string.Create(CultureInfo.InvariantCulture, $"; largest √V {Runs.Max(r => r.LargestRoot):F4}, largest |Ô| {Runs.Max(r => r.LargestRatio):F4} of {Bounds.LargestRatio(TheoryRecord.Beta):F4}")),
                Within(TheoryRecord.StepNorm, Runs.Max(r => r.NormDeviation)),
                new(TheoryRecord.AtLeastAsSteep, steep.Outcome, Steepness(steep)),
                Matching(TheoryRecord.RootSlope, Slopes.First()),
                Matching(TheoryRecord.GradientSlope, GradientSlope),
                Matching(TheoryRecord.PlateauSlope, Plateau),
            ];
        }
    }

    private TheoryClaim Counted(string claim, int violations, string more) => new(claim, violations == 0 ? Outcome.Confirmed : Outcome.Refuted,
        string.Create(CultureInfo.InvariantCulture, $"{violations} violations in {TotalSteps:N0} steps{more}"));

    private static TheoryClaim Within(string claim, double deviation) => new(claim, deviation <= TheoryRecord.StepNormTolerance ? Outcome.Confirmed : Outcome.Refuted,
        string.Create(CultureInfo.InvariantCulture, $"largest relative deviation {deviation:E1}"));

    private static string Steepness(Verdict v) => v.Test is { } t
        ? string.Create(CultureInfo.InvariantCulture, $"slope minus the bound's {t.Difference:+0.000;−0.000;0.000}, 95 % interval [{t.Lower:+0.000;−0.000;0.000}, {t.Upper:+0.000;−0.000;0.000}], n = {t.N}")
        : v.Reason;

    private static TheoryClaim Matching(string claim, SlopeCheck slope) => slope.Interval is not { } i
        ? new(claim, slope.Values.Count < 2 ? Outcome.None : Outcome.Inconclusive, "no interval: it takes two seeds that differ")
        : new(claim, slope.Matches == true ? Outcome.Confirmed : Outcome.Refuted, string.Create(CultureInfo.InvariantCulture,
            $"measured {slope.Sample.Mean:+0.0000;−0.0000;0.0000}, 95 % interval [{i.Lower:+0.0000;−0.0000;0.0000}, {i.Upper:+0.0000;−0.0000;0.0000}], predicted {slope.Predicted:+0.0;−0.0;0.0}: {(slope.Matches == true ? "matches" : "does not match")}, n = {slope.Values.Count}"));
}
