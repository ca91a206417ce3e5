using MiniGrad.Experiments.Toys;

namespace MiniGrad.Experiments.Theory;

/// <summary>
/// The record of <c>theory</c>: sizes, rates and claims, fixed before these seeds ran. It is the second one: the first, with
/// seeds 0–4, 30,000 steps and exponents over the last factor 50 of them, began to measure while some problems had not yet
/// come down (docs/theory.md has its numbers). The seeds were changed with it.
/// </summary>
internal static class TheoryRecord
{
    public const string OneStep = "The one-step inequality holds at every step";
    public const string Preconditioner = "The preconditioner bounds hold at every step";
    public const string StepNorm = "The step's norm is 0.2·η·√(mn) within 1e-8 at every step";
    public const string AtLeastAsSteep = "With η₀/√t the least gradient norm so far falls at least as steeply as the bound, ln t/√t";
    public const string RootSlope = "With η₀/√t its slope in log t is −1/2";
    public const string GradientSlope = "With η₀/√t the slope of the gradient norm itself in log t is −1/2";
    public const string PlateauSlope = "With a constant η the slope of the plateau of the gradient norm in log η is 1";

    /// <summary>Sizes of A (p,m) and X (m,n).</summary>
    public const int P = 24, M = 12, N = 8;

    public const double Beta = 0.95;

    /// <summary>Exponents over t are measured over the last factor 10 of the steps.</summary>
    public const int Window = 10;

    public const int FirstSeed = 5;

    /// <summary>How far a step's norm may be from its prediction: the alignment divides by ‖Ô‖ + 1e-8.</summary>
    public const double StepNormTolerance = 1e-8;

    public static Toy Toy { get; } = new(
        "theory",
        "Does AdaMuon behave on ½‖AX − B‖² as its lemmas and theorems say?",
        "Lemmas 1–3, Proposition 1, Theorems 2 and 3 (their names are the paper's; what is tested is derived in docs/theory.md, since the paper's own wording is not confirmed to us)",
        "The optimizer itself, in float64, minimizes f(X) = ½‖AX − B‖² with a 12×8 X and no weight decay, from X = 0, on one random problem a seed. η is η₀/√t with η₀ = 0.1, or constant. Every step is held against the inequality f(X⁺) ≤ f(X) − ⟨∇f, X − X⁺⟩ + (L/2)(0.2η)²mn, whose two sides are computed apart from the optimizer; against the bounds of its second moment; and against the step's norm. Slopes are least squares in logarithms over the last factor 10 of the steps; a plateau is the mean gradient norm over the last half of the steps. A slope matches its prediction if the 95 % interval over the seeds holds the prediction. Without claims: the same with Gaussian noise of standard deviation 0.1 on every entry of every gradient.",
        [OneStep, Preconditioner, StepNorm, AtLeastAsSteep, RootSlope, GradientSlope, PlateauSlope],
        ["schedule: η₀/√t, constant η = 0.032, 0.016, 0.008, 0.004, 0.002", "gradient noise: 0, 0.1"]);

    public static TheorySettings Full { get; } = new(Seeds: 5, DecayingSteps: 60_000, ConstantSteps: 8_000, Initial: 0.1, Constants: [0.032, 0.016, 0.008, 0.004, 0.002], Noises: [0, 0.1]);

    /// <summary>The smoke run: fewer steps, seeds and rates.</summary>
    public static TheorySettings Quick { get; } = new(Seeds: 3, DecayingSteps: 12_000, ConstantSteps: 1_500, Initial: 0.1, Constants: [0.032, 0.016, 0.008], Noises: [0, 0.1]);

    /// <summary>Every run of a plan: for a seed and a noise, the decaying schedule and each constant.</summary>
    public static IReadOnlyList<TheoryPlan> Plans(TheorySettings s) =>
    [
        .. from noise in s.Noises
           from seed in Enumerable.Range(FirstSeed, s.Seeds)
           from plan in s.Constants.Select(eta => new TheoryPlan((ulong)seed, noise, eta, Decays: false, s.ConstantSteps)).Prepend(new TheoryPlan((ulong)seed, noise, s.Initial, Decays: true, s.DecayingSteps))
           select plan,
    ];
}

/// <summary>How much is run.</summary>
internal sealed record TheorySettings(int Seeds, int DecayingSteps, int ConstantSteps, double Initial, double[] Constants, double[] Noises);

/// <summary>One run: a seed's problem, the noise on its gradients, and the learning rate η or η/√t.</summary>
internal sealed record TheoryPlan(ulong Seed, double Noise, double Eta, bool Decays, int Steps)
{
    /// <summary>The factor of η at step t, from 1.</summary>
    public double Factor(int t) => Decays ? 1 / Math.Sqrt(t) : 1;

    public string Schedule => Decays ? "eta0/sqrt(t)" : "constant";
}
