using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Optim;

/// <summary>What adv_optm adds to the pipeline, each option against its formula in float64.</summary>
public sealed class AddedOptionTests
{
    private const double Beta = 0.9;

    public static TheoryData<int> Seeds => Sample.Seeds;

    private static Matrix<double> Orthogonalized(Matrix<double> u) => NewtonSchulzTests.Run(new NewtonSchulz(CoefficientSets.Jordan, 5), u);

    /// <summary>Updates of <c>u ← O(f(U, G))</c> for a rule that makes U of the gradient.</summary>
    private static Matrix<double>[] Expected(Matrix<double>[] gradients, Func<Matrix<double>, Matrix<double>> rule) => [.. gradients.Select(g => Orthogonalized(rule(g)))];

    private static void AssertUpdates(string what, Matrix<double>[] gradients, Matrix<double>[] expected, params string[] options)
    {
        Matrix<double>[] actual = Rig.Updates(Rig.Options("muon", ["scale=none", $"momentum={Beta}", .. options]), gradients);
        for (int step = 0; step < gradients.Length; step++) NewtonSchulzTests.AssertClose(expected[step], actual[step], 1e-9, $"{what}, step {step + 1}");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_simplified_mix_adds_alpha_times_the_gradient_to_accumulated_momentum(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double> m = 0 * sample.Values;
        Matrix<double>[] gradients = [sample.Values, sample.Next, sample.Values - sample.Next];
        Matrix<double>[] expected = Expected(gradients, g => (m = (Beta * m) + g) + (3.5 * g));
        AssertUpdates($"{sample}", gradients, expected, "simplifiedAdEMAMix=3.5");
        AssertUpdates($"{sample}", gradients, expected, "simplifiedAdEMAMix=3.5", "nesterov=false", "momentumForm=accumulate");
    }

    private static Matrix<double> Cautious(Matrix<double> m, Matrix<double> g)
    {
        Matrix<double> mask = m.PointwiseSign().PointwiseMultiply(g.PointwiseSign()).Map(sign => sign > 0 ? 1.0 : 0);
        return m.PointwiseMultiply(mask) / Math.Max(mask.Enumerate().Average(), 1e-3);
    }

    private static Matrix<double> Grams(Matrix<double> m, Matrix<double> g) => g.PointwiseSign().PointwiseMultiply(m.PointwiseAbs());

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_mask_keeps_what_agrees_with_the_gradient(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double>[] gradients = [sample.Values, sample.Next, -sample.Values];
        foreach ((string name, Func<Matrix<double>, Matrix<double>, Matrix<double>> mask) in new[] { ("cautious", (Func<Matrix<double>, Matrix<double>, Matrix<double>>)Cautious), ("grams", Grams) })
        {
            Matrix<double> m = 0 * sample.Values;
            AssertUpdates($"{name}, {sample}", gradients, Expected(gradients, g => mask(m = (Beta * m) + ((1 - Beta) * g), g)), $"mask={name}", "nesterov=false");
            m = 0 * sample.Values;
            AssertUpdates($"{name}, Nesterov, {sample}", gradients, Expected(gradients, g => mask(((1 - Beta) * g) + (Beta * (m = (Beta * m) + ((1 - Beta) * g))), g)), $"mask={name}");
        }
    }

    [Theory]
    [InlineData("cautious", null)]
    [InlineData("grams", 0.05)]
    public void Adamw_masks_its_momentum_before_it_divides(string name, double? clip)
    {
        var random = new Random(4);
        Matrix<double> w = Sample.Gaussian(random, 5, 7), m = 0 * w, v = 0 * w;
        OptimizerOptions options = Rig.Options("adamw", $"mask={name}", "weightDecay=0.1") with { LearningRate = 0.02 };
        using var rig = new Rig(new ReferenceBackend<double>(), options, [("w", w)], clip);
        rig.Observe = Observation.Norms;
        for (int t = 1; t <= 4; t++)
        {
            Matrix<double> raw = Sample.Gaussian(random, 5, 7), g = clip is null ? raw : raw * (clip.Value / (raw.FrobeniusNorm() + 1e-6));
            m = (0.9 * m) + (0.1 * g);
            v = (0.95 * v) + (0.05 * g.PointwisePower(2));
            Matrix<double> masked = name == "grams" ? Grams(m, g) : Cautious(m, g);
            Matrix<double> u = (masked / (1 - Math.Pow(0.9, t))).PointwiseDivide((v / (1 - Math.Pow(0.95, t))).PointwiseSqrt() + 1e-8);
            w = ((1 - (0.02 * 0.1)) * w) - (0.02 * u);
            NewtonSchulzTests.AssertClose(w, rig.Step(raw), 1e-11, $"{name}, step {t}");
        }
    }

    [Fact]
    public void Lion_masks_its_signs()
    {
        var random = new Random(5);
        Matrix<double> w = Sample.Gaussian(random, 4, 6), m = 0 * w;
        using Rig rig = Rig.Single(Rig.Options("lion", "mask=cautious") with { LearningRate = 0.01 }, w);
        for (int step = 0; step < 3; step++)
        {
            Matrix<double> g = Sample.Gaussian(random, 4, 6);
            w -= 0.01 * Cautious(((0.9 * m) + (0.1 * g)).PointwiseSign(), g);
            m = (0.99 * m) + (0.01 * g);
            NewtonSchulzTests.AssertClose(w, rig.Step(g), 1e-12, $"step {step}");
        }
    }

    private static Matrix<double> Project(Matrix<double> x, double p)
    {
        double norm = Math.Pow(x.Enumerate().Sum(value => Math.Pow(Math.Abs(value), p)), 1 / p);
        return norm == 0 ? x : x.PointwiseSign().PointwiseMultiply(x.PointwiseAbs().PointwisePower(p - 1)) / Math.Pow(norm, p - 1);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_projection_is_between_the_sign_and_the_identity(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double>[] gradients = [sample.Values, sample.Next];
        foreach (double p in new[] { 1, 1.25, 1.5, 2 })
        {
            Matrix<double> m = 0 * sample.Values;
            Matrix<double>[] expected = [.. gradients.Select(g => Project(m = (Beta * m) + ((1 - Beta) * g), p)).Select(u => Inner(u, Orthogonalized(u)) * Orthogonalized(u))];
            AssertUpdates($"p = {p}, {sample}", gradients, expected, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"projection={p}"), "nesterov=false", "dualNorm=true");
        }
        Assert.Equal(Rig.Options("muon", "sign=true").Compile(), Rig.Options("muon", "projection=1").Compile());
        Assert.Equal(Rig.Options("adamuon").Compile(), Rig.Options("adamuon", "projection=1").Compile());
    }

    private static double Inner(Matrix<double> a, Matrix<double> b) => a.PointwiseMultiply(b).Enumerate().Sum();

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Tanh_is_a_sign_that_is_soft_at_the_root_mean_square(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double> m = 0 * sample.Values;
        Matrix<double>[] gradients = [sample.Values, sample.Next];
        AssertUpdates($"{sample}", gradients, Expected(gradients, g =>
        {
            m = (Beta * m) + ((1 - Beta) * g);
            double rms = m.FrobeniusNorm() / Math.Sqrt(m.RowCount * m.ColumnCount);
            return rms == 0 ? m : (m / rms).PointwiseTanh();
        }), "transform=tanh", "nesterov=false");
    }

    [Theory]
    [InlineData("mask=cautious")]
    [InlineData("mask=grams")]
    [InlineData("projection=1.5")]
    [InlineData("projection=2")]
    [InlineData("transform=tanh")]
    [InlineData("simplifiedAdEMAMix=100")]
    [InlineData("orthogonalizer.normalization=aol")]
    [InlineData("orthogonalizer.normalization=spectral")]
    [InlineData("orthogonalizer.normalization=schatten4")]
    [InlineData("orthogonalizer.precision=bfloat16")]
    [InlineData("orthogonalizer.method=polar")]
    public void Tiny_and_zero_gradients_are_no_problem_in_float32(string option)
    {
        foreach (string preset in new[] { "muon", "adamuon", "normuon", "namo", "dual-norm-muon" })
        {
            if (option == "mask=grams" && preset == "adamuon") continue;
            if (option.StartsWith("simplified", StringComparison.Ordinal) && preset == "namo") continue;
            foreach (double scale in new[] { 0, 1e-25, 1 })
            {
                Matrix<double> g = scale * Sample.Gaussian(new Random(6), 7, 4);
                g.ClearRow(3);
                OptimizerOptions options = Rig.Options(preset, option) with { WeightDecay = 0 };
                using var rig = new Rig(new CpuBackend(), options, [("w", 0 * g)]);
                for (int step = 0; step < 3; step++)
                {
                    Matrix<double> w = rig.Step(step == 1 ? 0 * g : g);
                    Assert.All(w.Enumerate(), value => Assert.True(double.IsFinite(value), $"{preset}, {option}, {scale}: {value}"));
                    Assert.All(w.Row(3), value => Assert.Equal(0, value));
                    if (scale == 0) Assert.Equal(0, w.FrobeniusNorm());
                }
            }
        }
    }

    [Theory]
    [InlineData("muon", "simplifiedAdEMAMix=100 nesterov=true", "simplifiedAdEMAMix stands in the place of Nesterov")]
    [InlineData("muon", "nesterov=true simplifiedAdEMAMix=100", "simplifiedAdEMAMix stands in the place of Nesterov")]
    [InlineData("muon", "simplifiedAdEMAMix=100 momentumForm=ema", "simplifiedAdEMAMix mixes the gradient into accumulated momentum")]
    [InlineData("muon", "simplifiedAdEMAMix=-1", "simplifiedAdEMAMix is -1; expected a finite number ≥ 0")]
    [InlineData("namo", "simplifiedAdEMAMix=100", "secondMomentBiasCorrection with secondMoment 'scalar' corrects an averaged momentum")]
    [InlineData("adamw", "simplifiedAdEMAMix=100", "simplifiedAdEMAMix=100 has no effect")]
    [InlineData("muon", "projection=0.5", "projection is 0.5; expected null or a number in [1, 2]")]
    [InlineData("muon", "projection=1.5 transform=tanh", "projection and transform both stand in the place of sign")]
    [InlineData("muon", "sign=true projection=1.5", "sign and projection stand in the same place")]
    [InlineData("adamuon", "transform=tanh sign=true", "sign and transform 'tanh' stand in the same place")]
    [InlineData("adamuon", "mask=grams", "mask 'grams' before a sign leaves the gradient's signs")]
    [InlineData("muon", "projection=1 mask=grams", "mask 'grams' before a sign")]
    [InlineData("lion", "mask=grams", "mask 'grams' before a sign")]
    [InlineData("muon", "mask=gram", "unknown mask value 'gram'; did you mean 'grams'?")]
    [InlineData("adamuon", "factored=both stateType=bfloat16", "stateType 'bfloat16' with factored 'both' has nothing to round")]
    [InlineData("muon", "factored=second", "factored=\"second\" has no effect on preset 'muon'")]
    [InlineData("normuon", "factored=second", "factored=\"second\" has no effect on preset 'normuon'")]
    [InlineData("lion", "transform=tanh", "transform=\"tanh\" has no effect on preset 'lion'")]
    [InlineData("muon", "orthogonalizer.method=polar orthogonalizer.steps=3", "orthogonalizer.steps=3 has no effect")]
    [InlineData("muon", "orthogonalizer.normalization=spectral orthogonalizer.epsilon=0.1", "orthogonalizer.epsilon=0.1 has no effect")]
    public void What_means_nothing_is_refused_in_one_line(string preset, string assignments, string expected)
    {
        string message = Assert.ThrowsAny<ArgumentException>(() => Rig.Options(preset, assignments.Split(' '))).Message;
        Assert.StartsWith(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("adamuon", "projection=1.5")]
    [InlineData("muon", "simplifiedAdEMAMix=100")]
    [InlineData("adamuon", "transform=tanh mask=cautious factored=both")]
    [InlineData("adamw", "mask=grams stateType=bfloat16")]
    [InlineData("nvidia-muon", "orthogonalizer.method=polar")]
    public void Options_survive_JSON(string preset, string assignments)
    {
        OptimizerOptions options = Rig.Options(preset, assignments.Split(' '));
        Assert.Equal(options.Compile(), OptimizerOptions.Parse(options.ToJson().ToJsonString()).Compile());
        Assert.NotEqual(options.Compile(), Rig.Options(preset).Compile());
    }
}
