using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Optim;

/// <summary>
/// Properties of AdaMuon. What is said of single entries holds where |O| &gt; 1e-4; below that rounding decides, and only
/// the bound 0.2/√(1−β₂) holds.
/// </summary>
public sealed class AdaMuonPropertyTests
{
    private const double Guard = 1e-4;

    public static TheoryData<int> Seeds => Sample.Seeds;

    private static Matrix<double> Orthogonalized(Matrix<double> gradient) => NewtonSchulzTests.Run(new NewtonSchulz(CoefficientSets.Jordan, 5), gradient.PointwiseSign());

    private static void AssertGuarded(Matrix<double> guard, Matrix<double> expected, Matrix<double> actual, double tolerance, string what)
    {
        int checkedEntries = 0;
        for (int i = 0; i < guard.RowCount; i++)
        {
            for (int j = 0; j < guard.ColumnCount; j++)
            {
                if (Math.Abs(guard[i, j]) <= Guard) continue;
                checkedEntries++;
                Assert.True(Math.Abs(expected[i, j] - actual[i, j]) <= tolerance, $"{what}: entry ({i},{j}) is {actual[i, j]}, expected {expected[i, j]}");
            }
        }
        Assert.True(checkedEntries > 0, $"{what}: no entry passes the guard");
    }

    [Theory]
    [Trait("Property", "23")]
    [MemberData(nameof(Seeds))]
    public void The_norm_of_a_step_is_a_fifth_of_the_root_of_the_count(int seed)
    {
        var sample = new Sample(seed);
        foreach (string preset in new[] { "adamuon", "adamuon-repo", "adamuon-v1" })
        {
            foreach (Matrix<double> u in Rig.Updates(Rig.Options(preset), sample.Values, sample.Next, sample.Weights))
            {
                double expected = 0.2 * Math.Sqrt(sample.Rows * sample.Columns);
                Assert.Equal(expected, u.FrobeniusNorm(), 1.1e-8 * expected);
            }
            AssertNormBesideDecay(sample, preset);
        }
    }

    /// <summary>‖ΔW + ηλW‖ = 0.2η√(mn), in float64 and, to 1e-5, on the SIMD kernels.</summary>
    private static void AssertNormBesideDecay(Sample sample, string preset)
    {
        const double Eta = 0.5, Lambda = 0.1;
        OptimizerOptions options = Rig.Options(preset) with { LearningRate = Eta, WeightDecay = Lambda };
        double expected = 0.2 * Eta * Math.Sqrt(sample.Rows * sample.Columns);
        foreach ((IBackend backend, double tolerance) in new (IBackend, double)[] { (new ReferenceBackend<double>(), 1e-7), (new CpuBackend(), 1e-5) })
        {
            using var rig = new Rig(backend, options, [("w", sample.Weights)]);
            Matrix<double> before = rig.Weights(0), step = rig.Step(sample.Values) - before + (Eta * Lambda * before);
            Assert.Equal(expected, step.FrobeniusNorm(), tolerance * expected);
        }
    }

    [Theory]
    [Trait("Property", "24")]
    [MemberData(nameof(Seeds))]
    public void The_first_step_has_one_size(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double> o = Orthogonalized(sample.Values), u = Rig.Updates(Rig.Options("adamuon"), sample.Values)[0];
        int nonZero = o.Enumerate().Count(value => value != 0);
        double size = 0.2 * Math.Sqrt((double)sample.Rows * sample.Columns / nonZero);
        AssertGuarded(o, size * o.PointwiseSign(), u, 2e-3 * size, $"{sample}");
        Assert.All(u.Enumerate(), value => Assert.True(Math.Abs(value) <= size * (1 + 1e-5) / Math.Sqrt(0.05), $"{sample}: {value}"));
    }

    [Theory]
    [Trait("Property", "25")]
    [MemberData(nameof(Seeds))]
    public void Positive_rescaling_of_entries_changes_nothing_while_muon_changes(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double> rescaled = sample.Values.Map(value => value * Math.Exp(3 * sample.Random.NextDouble()));
        Assert.Equal(Rig.Updates(Rig.Options("adamuon"), sample.Values)[0], Rig.Updates(Rig.Options("adamuon"), rescaled)[0]);
        if (Math.Min(sample.Rows, sample.Columns) < 3 || sample.Kind == "tiny") return;
        double change = (Rig.Updates(Rig.Options("muon"), sample.Values)[0] - Rig.Updates(Rig.Options("muon"), rescaled)[0]).FrobeniusNorm();
        Assert.True(change > 1e-2, $"{sample}: Muon changed by {change}");
    }

    [Theory]
    [Trait("Property", "26")]
    [MemberData(nameof(Seeds))]
    public void Signed_permutations_carry_through(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double> p = Sample.SignedPermutation(sample.Random, sample.Rows), q = Sample.SignedPermutation(sample.Random, sample.Columns);
        Matrix<double> expected = p * Rig.Updates(Rig.Options("adamuon"), sample.Values)[0] * q;
        AssertGuarded(p * Orthogonalized(sample.Values) * q, expected, Rig.Updates(Rig.Options("adamuon"), p * sample.Values * q)[0], 1e-6, $"{sample}");
    }

    [Theory]
    [Trait("Property", "26")]
    [InlineData(12, 8)]
    [InlineData(8, 12)]
    [InlineData(10, 10)]
    public void Rotations_carry_through_muon_and_not_adamuon(int rows, int columns)
    {
        var random = new Random(rows);
        Matrix<double> g = Sample.Gaussian(random, rows, columns), q = Sample.Orthogonal(random, rows), r = Sample.Orthogonal(random, columns);
        double Difference(string preset) => ((q * Rig.Updates(Rig.Options(preset), g)[0] * r) - Rig.Updates(Rig.Options(preset), q * g * r)[0]).FrobeniusNorm();
        Assert.True(Difference("muon") < 1e-9);
        Assert.True(Difference("adamuon") > 0.5);
    }

    [Theory]
    [Trait("Property", "27")]
    [MemberData(nameof(Seeds))]
    public void The_second_moment_and_what_it_divides_are_bounded(int seed)
    {
        var sample = new Sample(seed);
        using Rig rig = Rig.Single(Rig.Options("adamuon", "scale=none"), sample.Weights);
        Matrix<double>[] gradients = [sample.Values, sample.Next, -sample.Values, sample.Weights];
        foreach (Matrix<double> gradient in gradients)
        {
            rig.Zero();
            Matrix<double> u = rig.Step(gradient);
            Assert.All(u.Enumerate(), value => Assert.True(Math.Abs(value) <= 1 / Math.Sqrt(0.05) * (1 + 1e-12), $"{sample}: {value}"));
            Assert.All(rig.State("w/secondMoment"), value => Assert.InRange(value, 0, 1.2025 * 1.2025));
        }
    }

    [Theory]
    [Trait("Property", "28")]
    [MemberData(nameof(Seeds))]
    public void Bias_correction_cancels_under_alignment_and_only_there(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double> guard = Orthogonalized(sample.Values);
        OptimizerOptions aligned = Rig.Options("adamuon", "epsilon=0"), free = Rig.Options("adamuon", "scale=none");
        Matrix<double> plain = Rig.Updates(aligned, sample.Values, sample.Values)[1], corrected = Rig.Updates(aligned with { SecondMomentBiasCorrection = true }, sample.Values, sample.Values)[1];
        AssertGuarded(guard, plain, corrected, 1e-6, $"{sample}");
        double ratio = Rig.Updates(free with { SecondMomentBiasCorrection = true }, sample.Values)[0].FrobeniusNorm() / Rig.Updates(free, sample.Values)[0].FrobeniusNorm();
        Assert.Equal(Math.Sqrt(0.05), ratio, 1e-3);
    }

    [Fact]
    [Trait("Property", "29")]
    public void With_muons_switches_it_is_muon_bit_for_bit()
    {
        string[] switches = ["sign=false", "secondMoment=none", "scale=shape", "momentumForm=ema", "nesterov=true"];
        OptimizerOptions written = Rig.Options("adamuon", switches) with { LearningRate = 0.02 }, muon = Rig.Options("muon") with { LearningRate = 0.02 };
        Assert.Equal(muon.Compile(), written.Compile());
        var sample = new Sample(7);
        using var a = new Rig(new ReferenceBackend<float>(), written, [("w", sample.Weights), ("v", sample.Next)]);
        using var b = new Rig(new ReferenceBackend<float>(), muon, [("w", sample.Weights), ("v", sample.Next)]);
        // ½‖W‖² + ½‖V‖²: the gradients are the weights.
        double Loss(Rig rig) => 0.5 * (Math.Pow(rig.Weights(0).FrobeniusNorm(), 2) + Math.Pow(rig.Weights(1).FrobeniusNorm(), 2));
        double before = Loss(a);
        for (int step = 0; step < 20; step++)
        {
            a.Step(a.Weights(0), a.Weights(1));
            b.Step(b.Weights(0), b.Weights(1));
            for (int i = 0; i < 2; i++) Assert.Equal(b.Weights(i), a.Weights(i));
        }
        Assert.Equal((20 * 2, 20 * 2 * 5), (a.Context.Counters.MatricesOrthogonalized, a.Context.Counters.NewtonSchulzIterations));
        Assert.True(Loss(a) < 0.95 * before, $"the loss went from {before} to {Loss(a)}");
    }

    [Fact]
    [Trait("Property", "30")]
    public void Zero_gradients_and_zero_rows_give_no_NaN()
    {
        foreach (Preset preset in Presets.All)
        {
            OptimizerOptions options = Rig.Options(preset.Name, "weightDecay=0");
            var zero = Matrix<double>.Build.Dense(5, 3);
            Assert.All(Rig.Updates(options, zero, zero), u => Assert.Equal(zero, u));

            Matrix<double> g = Sample.Gaussian(new Random(1), 5, 3);
            g.ClearRow(2);
            Matrix<double> update = Rig.Updates(options, zero, g)[1];
            Assert.All(update.Enumerate(), value => Assert.True(double.IsFinite(value), $"{preset.Name}: {value}"));
            Assert.All(update.Row(2), value => Assert.Equal(0, value));
            // The weights of this test are zeros, and a hyperball step keeps their norm.
            if (preset.Stages.Find<HyperballUpdate>() is null) Assert.True(update.FrobeniusNorm() > 0, preset.Name);
        }
    }

    [Theory]
    [Trait("Property", "31")]
    [MemberData(nameof(Seeds))]
    public void The_scale_of_accumulated_gradients_does_not_matter(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double>[] once = Rig.Updates(Rig.Options("adamuon"), sample.Values, sample.Next), four = Rig.Updates(Rig.Options("adamuon"), 4 * sample.Values, 4 * sample.Next);
        Assert.Equal(once, four);
    }

    [Theory]
    [Trait("Property", "32")]
    [MemberData(nameof(Seeds))]
    public void A_transposed_parameter_takes_the_transposed_step(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double>[] u = Rig.Updates(Rig.Options("adamuon"), sample.Values, sample.Next);
        Matrix<double>[] t = Rig.Updates(Rig.Options("adamuon"), sample.Values.Transpose(), sample.Next.Transpose());
        AssertGuarded(Orthogonalized(sample.Values).Transpose(), u[0].Transpose(), t[0], 1e-6, $"{sample}");
    }
}
