using System.Globalization;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Theory;

/// <summary>All runs, and what they say about the statements.</summary>
/// <param name="Settings">How much was run.</param>
/// <param name="Runs">The runs.</param>
/// <param name="Cosines">Of each transform (<see cref="Invariance.Transforms"/>), the cosines between steps with and without scaled gradients, by seed.</param>
internal sealed record TheoryResult(TheorySettings Settings, IReadOnlyList<TheorySummary> Runs, IReadOnlyList<double[]> Cosines)
{
    public long TotalSteps => Runs.Sum(run => (long)run.Plan.Steps);

    /// <summary>The runs of the decaying schedule of an arm, by seed.</summary>
    public TheorySummary[] Decaying(TheoryArm arm) => [.. Runs.Where(r => r.Plan.Decays && r.Plan.Arm == arm)];

    /// <summary>The runs of a constant rate of an arm, by seed.</summary>
    public TheorySummary[] Constant(TheoryArm arm, double eta) => [.. Runs.Where(r => !r.Plan.Decays && r.Plan.Arm == arm && r.Plan.Eta == eta)];

    /// <summary>The exponents of every arm.</summary>
    public IEnumerable<SlopeCheck> Slopes => TheoryRecord.Arms.SelectMany(arm => (SlopeCheck[])
    [
        Gradient(arm), Plateau(arm), Limsup(arm),
        new("least ‖∇f‖ so far over t, η₀/√t", arm, double.NaN, [.. Decaying(arm).Select(r => r.LeastSlope)]),
        new("the bound, ln t/√t, over t", arm, double.NaN, [.. Decaying(arm).Select(r => r.BoundSlope)]),
        new("mean of ⟨∇f, U⟩, which is bounded, over t, η₀/√t", arm, double.NaN, [.. Decaying(arm).Select(r => r.DescentSlope)]),
    ]);

    /// <summary>The exponent of ‖∇f‖ with η₀/√t.</summary>
    public SlopeCheck Gradient(TheoryArm arm) => new("‖∇f‖ itself over t, η₀/√t", arm, -0.5, [.. Decaying(arm).Select(r => r.GradientSlope)]);

    /// <summary>The exponent of the mean ‖∇f‖ at the end in a constant η.</summary>
    public SlopeCheck Plateau(TheoryArm arm) => new("mean ‖∇f‖ at the end over η, constant η", arm, 1, [.. OverRates(arm, r => r.Plateau)]);

    /// <summary>The exponent of the largest ‖∇f‖ at the end in a constant η.</summary>
    public SlopeCheck Limsup(TheoryArm arm) => new("largest ‖∇f‖ at the end over η, constant η", arm, 1, [.. OverRates(arm, r => r.Limsup)]);

    /// <summary>What came out, statement by statement.</summary>
    public IReadOnlyList<TheoryClaim> Claims =>
    [
        Counted(TheoryRecord.Preconditioner, Runs.Sum(r => r.PreconditionerViolations), string.Create(CultureInfo.InvariantCulture, $"; largest √V {Runs.Max(r => r.LargestRoot):F4}, largest |Ô| {Runs.Max(r => r.LargestRatio):F4} of {Bounds.LargestRatio(TheoryRecord.Beta):F4}")),
        OfCode(TheoryRecord.StepNorm, Runs.Max(r => r.NormDeviation) <= TheoryRecord.StepNormTolerance, string.Create(CultureInfo.InvariantCulture, $"largest relative deviation {Runs.Max(r => r.NormDeviation):E1}")),
        Counted(TheoryRecord.OneStep, Runs.Sum(r => r.OneStepViolations + r.AverageViolations), string.Create(CultureInfo.InvariantCulture, $"; the two sides come as near as {Runs.Min(r => r.LeastSlack):F3} of the last term")),
        OfCode(TheoryRecord.SignIsInvariant, Cosines[0].All(cosine => cosine == 1), string.Create(CultureInfo.InvariantCulture, $"least cosine {Cosines[0].Min():F6} over {Cosines[0].Length} seeds")),
        NotInvariant(),
        Threshold(TheoryRecord.Descends, Direction.Higher, TheoryRecord.LeastCosine, [.. Decaying(TheoryRecord.Exact).Select(r => r.LateAlignment)], "cosine"),
        Threshold(TheoryRecord.DescendsInNoise, Direction.Higher, TheoryRecord.LeastCosine, [.. Decaying(TheoryRecord.Noisy).Select(r => r.LateAlignment)], "cosine"),
        AsSteep(TheoryRecord.Diminishing, TheoryRecord.Exact),
        AsSteep(TheoryRecord.DiminishingInNoise, TheoryRecord.Noisy),
        Rate(TheoryRecord.DiminishingRate, Gradient(TheoryRecord.Exact)),
        Rate(TheoryRecord.Constant, Plateau(TheoryRecord.Exact)),
        Rate(TheoryRecord.ConstantInNoise, Plateau(TheoryRecord.Noisy)),
        Rate(TheoryRecord.LimitSuperior, Limsup(TheoryRecord.Exact)),
    ];

    private IEnumerable<double> OverRates(TheoryArm arm, Func<TheorySummary, double> value) => Enumerable.Range(0, Settings.Seeds)
        .Select(seed => PowerLaw.Slope(Settings.Constants, [.. Settings.Constants.Select(eta => value(Constant(arm, eta)[seed]))]));

    private TheoryClaim Counted(TheoryStatement statement, int violations, string more) =>
        OfCode(statement, violations == 0, string.Create(CultureInfo.InvariantCulture, $"{violations} violations in {TotalSteps:N0} steps{more}"));

    private static TheoryClaim OfCode(TheoryStatement statement, bool holds, string reason) => new(statement, holds ? "holds" : "violated", reason);

    // Every one of the others has to turn; the nearest decides.
    private TheoryClaim NotInvariant()
    {
        (string Name, double[] Values) nearest = Invariance.Transforms.Zip(Cosines, (t, values) => (t.Name, values)).Skip(1).MaxBy(t => t.values.Average());
        return Threshold(TheoryRecord.OthersAreNot, Direction.Lower, TheoryRecord.SameStep, nearest.Values, $"cosine of the nearest, {nearest.Name},");
    }

    // An upper bound contradicts nothing that falls faster.
    private TheoryClaim AsSteep(TheoryStatement statement, TheoryArm arm) =>
        Threshold(statement, Direction.Lower, SlopeCheck.Margin, [.. Decaying(arm).Select(r => r.LeastSlope - r.BoundSlope)], "slope minus the bound's");

    private static TheoryClaim Threshold(TheoryStatement statement, Direction direction, double threshold, double[] values, string what)
    {
        Verdict verdict = Verdict.Decide(statement.Text, direction, values, [.. values.Select(_ => threshold)]);
        string reason = MeanInterval.Of(values) is { Lower: { } lower, Upper: { } upper, Mean: var mean }
            ? string.Create(CultureInfo.InvariantCulture, $"{what} {mean:+0.000;−0.000;0.000}, 95 % interval [{lower:+0.000;−0.000;0.000}, {upper:+0.000;−0.000;0.000}], n = {values.Length}")
            : verdict.Reason;
        return new(statement, Lower(verdict.Outcome), reason);
    }

    private static TheoryClaim Rate(TheoryStatement statement, SlopeCheck slope) => new(statement, Lower(slope.Outcome!.Value), slope.ToString());

    private static string Lower(Outcome outcome) => outcome.ToString().ToLowerInvariant();
}
