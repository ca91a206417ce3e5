using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Experiments.Theory;

namespace MiniGrad.Tests.Experiments.Toys;

/// <summary>Both sides of what <c>theory</c> checks, on cases small enough to evaluate by hand.</summary>
public sealed class TheoryTests
{
    private static readonly TheoryPlan Constant = new(new TheoryArm(TheoryFunction.Quadratic, 0), 0, 0.5, Decays: false, 1);

    private static TheoryStep First(double[,] a, double[,] b)
    {
        using var run = new TheoryRun(new TheoryProblem(TheoryFunction.Quadratic, Matrix<double>.Build.DenseOfArray(a), Matrix<double>.Build.DenseOfArray(b)), Constant);
        return run.Steps().First();
    }

    // f(x) = ½(2x + 2)²: at 0 the loss is 2, the gradient 4 and L = 4. The first step of AdaMuon is 0.2·η·sign = 0.1, to a loss of
    // ½·1.8² = 1.62; the right side is 2 − 4·0.1 + ½·4·0.1² = 1.62: curvature L in the only direction leaves no slack.
    [Fact]
    public void In_one_dimension_the_two_sides_are_equal()
    {
        TheoryStep step = First(new double[,] { { 2 } }, new double[,] { { -2 } });
        Assert.Equal((1, 0.5), (step.T, step.Eta));
        Assert.Equal(2, step.Loss, 1e-12);
        Assert.Equal(4, step.GradientNorm, 1e-12);
        Assert.Equal(0.4, step.Descent, 1e-8);
        Assert.Equal(1.62, step.NextLoss, 1e-8);
        Assert.Equal(1.62, step.Bound, 1e-8);
        Assert.Equal(0.1, step.StepNorm, 1e-9);
        Assert.Equal(0.1, step.PredictedNorm, 1e-15);
        Assert.Equal(1, step.Alignment, 1e-9);
        // V₁ = (1−β)·O₁², O₁ being what five steps of Jordan's polynomial make of 1: 0.6964.
        Assert.Equal(Math.Sqrt(0.05) * 0.6964, step.LargestRoot, 1e-4);
        Assert.Equal(1 / Math.Sqrt(0.05), step.LargestRatio, 1e-5);
    }

    // A = diag(2, 1), residual (2, 1): f = 2.5, gradient (4, 1), both entries step by 0.1: to ½(1.8² + 0.9²) = 2.025. The right
    // side is 2.5 − 0.5 + ½·4·0.02 = 2.04; the second direction has curvature 1 instead of 4: ½·(4 − 1)·0.1² = 0.015 of slack.
    [Fact]
    public void A_flatter_direction_leaves_slack()
    {
        TheoryStep step = First(new double[,] { { 2, 0 }, { 0, 1 } }, new double[,] { { -2 }, { -1 } });
        Assert.Equal(2.5, step.Loss, 1e-12);
        Assert.Equal(0.5, step.Descent, 1e-8);
        Assert.Equal(2.025, step.NextLoss, 1e-8);
        Assert.Equal(2.04, step.Bound, 1e-8);
        Assert.False(step.Violates);
    }

    [Fact]
    public void A_step_that_breaks_a_bound_is_counted()
    {
        TheoryProblem problem = TheoryProblem.Draw(TheoryFunction.Quadratic, 0, 6, 4, 3);
        using var run = new TheoryRun(problem, Constant with { Steps = 3 });
        TheoryStep[] steps = [.. run.Steps()];
        var good = new TheoryWatch(problem);
        foreach (TheoryStep step in steps) good.See(step);
        Assert.Equal((0, 0, 0), (good.OneStepViolations, good.AverageViolations, good.PreconditionerViolations));
        Assert.True(good.NormDeviation <= TheoryRecord.StepNormTolerance);

        var bad = new TheoryWatch(problem);
        bad.See(steps[0]);
        bad.See(steps[1] with { NextLoss = steps[1].Bound + 1e-9 });
        bad.See(steps[2] with { LargestRatio = 4.48, StepNorm = 1.01 * steps[2].StepNorm, Descent = 1e6 });
        Assert.Equal((1, 1, 1), (bad.OneStepViolations, bad.AverageViolations, bad.PreconditionerViolations));
        Assert.Equal(0.01, bad.NormDeviation, 1e-6);
    }

    [Fact]
    public void Constants_of_the_bounds()
    {
        Assert.Equal(1.2024, Bounds.LargestSingularValue(CoefficientSets.Jordan, 5), 1e-4);
        Assert.Equal(4.4721, Bounds.LargestRatio(0.95), 1e-4);
        // Ten steps of η = 0.1 from a gap of 3, L = 2 and a 4×3 matrix: 3/(0.1·10) + 0.02·2·12·0.1.
        Assert.Equal(3.048, Bounds.Average(3, 2, 4, 3, 10 * 0.1, 10 * 0.01), 1e-12);
        Assert.Equal(0.2 * 0.3 * Math.Sqrt(35), Bounds.StepNorm(0.3, 7, 5), 1e-15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void The_step_norm_is_as_predicted_at_any_shape(int seed)
    {
        var random = new Random(seed);
        (int p, int m, int n) = (random.Next(1, 30), random.Next(1, 20), random.Next(1, 20));
        TheoryFunction function = seed < 3 ? TheoryFunction.Quadratic : TheoryFunction.Saturating;
        using var run = new TheoryRun(TheoryProblem.Draw(function, (ulong)seed, Math.Max(p, m), m, n), new TheoryPlan(new TheoryArm(function, 0.1 * (seed % 2)), (ulong)seed, 0.07, Decays: seed % 3 == 0, 20));
        Assert.All(run.Steps(), step =>
        {
            Assert.True(step.NormDeviation <= TheoryRecord.StepNormTolerance, $"seed {seed}, {m}×{n}, step {step.T}: {step.NormDeviation}");
            Assert.False(step.Violates, $"seed {seed}, {m}×{n}, step {step.T}: {step.NextLoss} above {step.Bound}");
        });
    }

    [Fact]
    public void Smoothness_gradient_and_infimum_are_those_of_the_function()
    {
        // ½‖AX − B‖² with A = (3, 4)ᵀ: AᵀA = 25, and of B = (1, 0)ᵀ the part orthogonal to A, (16, −12)/25, remains: ½·0.64.
        var problem = new TheoryProblem(TheoryFunction.Quadratic, Matrix<double>.Build.DenseOfArray(new double[,] { { 3 }, { 4 } }), Matrix<double>.Build.DenseOfArray(new double[,] { { 1 }, { 0 } }));
        Assert.Equal(25, problem.Smoothness, 1e-10);
        Assert.Equal(0.32, problem.LowerBound, 1e-12);
        Assert.Equal(-3, problem.Gradient(Matrix<double>.Build.Dense(1, 1))[0, 0], 1e-12);
    }

    // φ(r) = ½r²/(1 + r²): φ(1) = ¼, φ'(1) = 1/4, φ'(−3) = −0.03; with A = 1 these are f and its gradient.
    [Fact]
    public void The_saturating_function_and_its_gradient_are_those_of_the_library_s_ops()
    {
        var problem = new TheoryProblem(TheoryFunction.Saturating, Matrix<double>.Build.DenseOfArray(new double[,] { { 1 } }), Matrix<double>.Build.DenseOfArray(new double[,] { { -1, 3 } }));
        Matrix<double> x = Matrix<double>.Build.Dense(1, 2);
        Assert.Equal(0.25 + 0.45, problem.Loss(x), 1e-12);
        Assert.Equal([0.25, -0.03], problem.Gradient(x).Row(0), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal((1, 0.0), (problem.Smoothness, problem.LowerBound));
        using var context = new ComputeContext(new MiniGrad.Backends.Reference.ReferenceBackend<double>());
        Parameter residual = context.Parameter("r", [1, 2], ParameterRole.HiddenMatrix);
        residual.Tensor.CopyFrom([1, -3]);
        using (context.BeginStep())
        {
            Tensor loss = problem.Loss(residual.Tensor);
            Assert.Equal(0.7, loss.Item(), 1e-12);
            loss.Backward();
        }
        Assert.Equal([0.25, -0.03], residual.Gradient.ToDoubleArray(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void Only_the_sign_forgets_the_scale_of_every_entry(int transform, bool isInvariant)
    {
        double cosine = Invariance.Cosine(Invariance.Transforms[transform].Changes, seed: 3);
        if (isInvariant) Assert.Equal(1, cosine);
        else Assert.InRange(cosine, 0.1, 0.9);
    }

    // Exponents with mean m and standard deviation s over three seeds: the 90 % interval is m ± 1.686 s, the 95 % interval m ± 2.484 s.
    [Theory]
    [InlineData(0.01, 0.01, "Confirmed")]      // [−0.007, 0.027] within ±0.05
    [InlineData(0.03, 0.01, "Confirmed")]      // [0.013, 0.047], although the 95 % interval, [0.005, 0.055], leaves out 0 and the margin
    [InlineData(0.00, 0.04, "Inconclusive")]   // 0 is inside, and so is much else
    [InlineData(0.06, 0.01, "Inconclusive")]   // [0.035, 0.085] holds the margin
    [InlineData(0.09, 0.01, "Refuted")]        // [0.065, 0.115]
    [InlineData(-0.09, 0.01, "Refuted")]
    public void A_slope_is_its_prediction_only_where_the_interval_is_narrow_enough_to_say_so(double mean, double deviation, string expected)
    {
        double off = 1 + mean;
        var check = new SlopeCheck("x", TheoryRecord.Exact, 1, [off - deviation, off, off + deviation]);
        Assert.Equal(expected, check.Outcome.ToString());
        Assert.Null((check with { Predicted = double.NaN }).Outcome);
        Assert.Equal("None", new SlopeCheck("x", TheoryRecord.Exact, 1, [1]).Outcome.ToString());
    }

    [Fact]
    public void Two_runs_have_the_same_bits()
    {
        TheorySummary Run() => TheorySummary.Of(new TheoryPlan(TheoryRecord.Noisy, 1, 0.1, Decays: true, 300), keepSteps: true);
        TheorySummary first = Run(), second = Run();
        Assert.Equal(300, first.Steps.Count);
        Assert.Equal(first.Steps, second.Steps);
        Assert.Equal(first.Curve, second.Curve);
        Assert.True(first.Curve[^1].GradientNorm < 0.5 * first.Curve[0].GradientNorm);
    }
}
