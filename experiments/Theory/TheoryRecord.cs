using MiniGrad.Experiments.Toys;

namespace MiniGrad.Experiments.Theory;

/// <summary>
/// The record of <c>theory</c>: sizes, rates and statements, fixed before these seeds ran. It is the third one, with seeds that its pilot runs did not have; docs/theory.md says what
/// the first two measured and why they were replaced.
/// </summary>
internal static class TheoryRecord
{
    public static readonly TheoryStatement Preconditioner = new(true, "Lemma 1", "the preconditioner bounds hold at every step: √V is at most c, |Ô| at most (1−β)^(−1/2)");
    public static readonly TheoryStatement StepNorm = new(true, "Lemma 2", "the step's norm is 0.2·η·√(mn) within 1e-8 at every step");
    public static readonly TheoryStatement OneStep = new(true, "Proposition 1", "the one-step inequality holds at every step, and summed");
    public static readonly TheoryStatement SignIsInvariant = new(true, "Theorem 1", "with the sign, steps are the same bit for bit when every entry of the gradients is multiplied by a positive number of its own");
    public static readonly TheoryStatement OthersAreNot = new(false, "Theorem 1", "without the sign, with tanh and with the signed square root they are not: the mean cosine of the steps is below 0.99");
    public static readonly TheoryStatement Descends = new(false, "assumption of Theorems 2 and 3", "exact gradients: the mean cosine between step and steepest descent stays above 0.05");
    public static readonly TheoryStatement DescendsInNoise = new(false, "assumption of Theorems 2 and 3", "noisy gradients: the mean cosine between step and steepest descent stays above 0.05");
    public static readonly TheoryStatement Diminishing = new(false, "Theorem 2", "exact gradients, η₀/√t: the least ‖∇f‖ so far falls at least as steeply as ln t/√t, within 0.05");
    public static readonly TheoryStatement DiminishingInNoise = new(false, "Theorem 2", "noisy gradients, η₀/√t: the least ‖∇f‖ so far falls at least as steeply as ln t/√t, within 0.05");
    public static readonly TheoryStatement DiminishingRate = new(false, "Theorem 2", "exact gradients, η₀/√t: ‖∇f‖ itself goes as t^(−1/2), within 0.05");
    public static readonly TheoryStatement Constant = new(false, "Theorem 3", "exact gradients, constant η: the mean ‖∇f‖ at the end goes as η, within 0.05");
    public static readonly TheoryStatement ConstantInNoise = new(false, "Theorem 3", "noisy gradients, constant η: the mean ‖∇f‖ at the end goes as η, within 0.05");
    public static readonly TheoryStatement LimitSuperior = new(false, "Lemma 3", "exact gradients, constant η: the largest ‖∇f‖ at the end goes as η, within 0.05");

    /// <summary>Sizes of A (p,m) and X (m,n).</summary>
    public const int P = 24, M = 12, N = 8;

    public const double Beta = 0.95;

    /// <summary>Exponents over t are measured over the last factor 10 of the steps.</summary>
    public const int Window = 10;

    public const int FirstSeed = 20;

    /// <summary>How far a step's norm may be from its prediction: the alignment divides by ‖Ô‖ + 1e-8.</summary>
    public const double StepNormTolerance = 1e-8;

    /// <summary>The cosine with steepest descent that counts as a direction of descent.</summary>
    public const double LeastCosine = 0.05;

    /// <summary>The cosine of two steps that counts as the same.</summary>
    public const double SameStep = 0.99;

    public static IReadOnlyList<TheoryStatement> Statements { get; } =
        [Preconditioner, StepNorm, OneStep, SignIsInvariant, OthersAreNot, Descends, DescendsInNoise, Diminishing, DiminishingInNoise, DiminishingRate, Constant, ConstantInNoise, LimitSuperior];

    public static TheoryArm Scaling { get; } = new(TheoryFunction.Quadratic, 0);

    public static TheoryArm Exact { get; } = new(TheoryFunction.Saturating, 0);

    public static TheoryArm Noisy { get; } = new(TheoryFunction.Saturating, 0.1);

    public static IReadOnlyList<TheoryArm> Arms { get; } = [Exact, Noisy, Scaling];

    public static Toy Toy { get; } = new(
        "theory",
        "Does AdaMuon behave on known functions as its lemmas and theorems say?",
        "Theorem 1, Lemmas 1–3, Proposition 1, Theorems 2 and 3 (the names are the paper's; what is tested is derived in docs/theory.md, since the paper's own wording is not confirmed to us)",
        "The optimizer itself, in float64, minimizes f(X) = Σ φ(AX − B), φ(r) = ½r²/(1 + r²) entry by entry, with a 12×8 X and no weight decay, from X = 0, on one random problem a seed, with exact gradients and with Gaussian noise of standard deviation 0.1 on every entry of every gradient. The function is smooth and not convex; on ½‖AX − B‖², which runs beside it, the rates follow from scaling alone. η is η₀/√t with η₀ = 0.1, or constant. Statements about the code are proven for every step, and a violation would be an error of the program: both sides of each are computed apart from the optimizer. Statements about the theorems can fail: what their assumption asks for is measured, and so are the rates. Exponents are least squares in logarithms over the last factor 10 of the steps, or over η; the end is the last half of the steps. An exponent is confirmed where its whole 90 % interval over the seeds lies within 0.05 of the prediction, refuted where the whole 95 % interval lies beyond, else inconclusive.",
        [.. Statements.Select(s => s.Title)],
        ["function: saturating, quadratic", "schedule: η₀/√t, constant η = 0.064, 0.032, 0.016, 0.008, 0.004", "gradient noise: 0, 0.1", "transform of the momentum: sign, none, tanh, signed square root"]);

    public static TheorySettings Full { get; } = new(Seeds: 5, DecayingSteps: 60_000, ConstantSteps: 8_000, Initial: 0.1, Constants: [0.064, 0.032, 0.016, 0.008, 0.004]);

    /// <summary>The smoke run: fewer steps, seeds and rates.</summary>
    public static TheorySettings Quick { get; } = new(Seeds: 3, DecayingSteps: 6_000, ConstantSteps: 1_500, Initial: 0.1, Constants: [0.064, 0.032, 0.016]);

    /// <summary>Every run of a plan: for an arm and a seed, the decaying schedule and each constant.</summary>
    public static IReadOnlyList<TheoryPlan> Plans(TheorySettings s) =>
    [
        .. from arm in Arms
           from seed in Seeds(s)
           from plan in s.Constants.Select(eta => new TheoryPlan(arm, seed, eta, Decays: false, s.ConstantSteps)).Prepend(new TheoryPlan(arm, seed, s.Initial, Decays: true, s.DecayingSteps))
           select plan,
    ];

    public static IEnumerable<ulong> Seeds(TheorySettings s) => Enumerable.Range(FirstSeed, s.Seeds).Select(seed => (ulong)seed);
}

/// <summary>How much is run.</summary>
internal sealed record TheorySettings(int Seeds, int DecayingSteps, int ConstantSteps, double Initial, double[] Constants);

/// <summary>A function, and the standard deviation of the noise on every entry of its gradients.</summary>
internal sealed record TheoryArm(TheoryFunction Function, double Noise)
{
    /// <summary>The function's name.</summary>
    public string FunctionName => Function == TheoryFunction.Quadratic ? "quadratic" : "saturating";

    /// <summary>What its gradients are.</summary>
    public string Gradients => Noise == 0 ? "exact" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"noise {Noise}");

    public override string ToString() => $"{FunctionName}, {Gradients}";
}

/// <summary>One run: a function and a seed's problem, the noise on its gradients, and the learning rate η or η/√t.</summary>
internal sealed record TheoryPlan(TheoryArm Arm, ulong Seed, double Eta, bool Decays, int Steps)
{
    /// <summary>The factor of η at step t, from 1.</summary>
    public double Factor(int t) => Decays ? 1 / Math.Sqrt(t) : 1;

    public string Schedule => Decays ? "eta0/sqrt(t)" : "constant";
}
