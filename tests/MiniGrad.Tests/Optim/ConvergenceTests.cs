using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Optim;

namespace MiniGrad.Tests.Optim;

/// <summary>How steps of a fixed size behave on ½‖AX − B‖²: what AdaMuon's theorems 2 and 3 are about, in float64.</summary>
public sealed class ConvergenceTests
{
    private const int Steps = 1500;
    private readonly Matrix<double> _a;
    private readonly Matrix<double> _solution;

    public ConvergenceTests()
    {
        var random = new Random(12);
        _a = Sample.Gaussian(random, 8, 6) / 3;
        _solution = 0.3 * Sample.Gaussian(random, 6, 5);
    }

    private Matrix<double> Residual(Matrix<double> x) => _a * (x - _solution);

    /// <summary>The losses after every step; the learning rate is η times the factor of the step.</summary>
    private double[] Losses(string preset, double eta, Func<int, double> factor)
    {
        OptimizerOptions options = Rig.Options(preset) with { LearningRate = eta, WeightDecay = 0 };
        using Rig rig = Rig.Single(options, 0 * _solution);
        var losses = new double[Steps];
        Matrix<double> x = rig.Weights(0);
        for (int step = 0; step < Steps; step++)
        {
            rig.Optimizer.ZeroGradients();
            Replay.SetGradient(rig.Parameters[0], Rig.RowMajor(_a.TransposeThisAndMultiply(Residual(x))));
            rig.Optimizer.Step(factor(step));
            x = rig.Weights(0);
            losses[step] = 0.5 * Math.Pow(Residual(x).FrobeniusNorm(), 2);
        }
        Assert.Equal(Steps, rig.Context.Counters.MatricesOrthogonalized);
        return losses;
    }

    [Theory]
    [Trait("Property", "44")]
    [InlineData("muon")]
    [InlineData("adamuon")]
    public void A_constant_learning_rate_ends_at_a_loss_that_goes_with_its_square(string preset)
    {
        double initial = 0.5 * Math.Pow(Residual(0 * _solution).FrobeniusNorm(), 2);
        double coarse = Losses(preset, 0.02, _ => 1)[(Steps / 2)..].Average(), fine = Losses(preset, 0.01, _ => 1)[(Steps / 2)..].Average();
        Assert.True(coarse < 0.1 * initial, $"{preset}: from {initial} to {coarse}");
        Assert.InRange(coarse / fine, 2.5, 6.5);
    }

    [Theory]
    [Trait("Property", "44")]
    [InlineData("muon")]
    [InlineData("adamuon")]
    public void A_learning_rate_of_one_over_root_t_goes_on_falling(string preset)
    {
        double[] losses = Losses(preset, 0.1, step => 1 / Math.Sqrt(step + 1));
        double early = losses[100..200].Average(), middle = losses[400..500].Average(), late = losses[^100..].Average();
        Assert.True(late < 0.6 * middle && middle < 0.6 * early, $"{preset}: {early}, {middle}, {late}");
    }
}
