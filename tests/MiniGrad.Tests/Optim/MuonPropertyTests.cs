using MathNet.Numerics.LinearAlgebra;

namespace MiniGrad.Tests.Optim;

/// <summary>Properties of Muon, dual-norm Muon and their decay, in float64 on seeded matrices.</summary>
public sealed class MuonPropertyTests
{
    private static readonly NewtonSchulz Jordan = new(CoefficientSets.Jordan, 5);

    // Comparisons across scales of the gradient need the orthogonalizer without its ε.
    private const string NoEpsilon = "orthogonalizer.epsilon=0";

    public static TheoryData<int> Seeds => Sample.Seeds;

    [Theory]
    [Trait("Property", "13")]
    [MemberData(nameof(Seeds))]
    public void Without_momentum_a_step_is_the_orthogonalized_gradient(int seed)
    {
        var sample = new Sample(seed);
        using Rig rig = Rig.Single(Rig.Options("muon", "momentum=0") with { LearningRate = 0.3 }, sample.Weights);
        Matrix<double> expected = sample.Weights - (0.3 * Math.Sqrt(Math.Max(1, (double)sample.Rows / sample.Columns)) * NewtonSchulzTests.Run(Jordan, sample.Values));
        NewtonSchulzTests.AssertClose(expected, rig.Step(sample.Values), 1e-12, $"{sample}");
    }

    [Theory]
    [Trait("Property", "14")]
    [MemberData(nameof(Seeds))]
    public void The_form_of_the_momentum_does_not_matter_for_a_scale_free_step(int seed)
    {
        var sample = new Sample(seed);
        foreach (string preset in new[] { "muon", "adamuon", "adamuon-repo" })
        {
            Matrix<double>[] average = Rig.Updates(Rig.Options(preset, "momentumForm=ema", NoEpsilon), sample.Values, sample.Next, sample.Weights);
            Matrix<double>[] sum = Rig.Updates(Rig.Options(preset, "momentumForm=accumulate", NoEpsilon), sample.Values, sample.Next, sample.Weights);
            Assert.All(average.Zip(sum), pair => NewtonSchulzTests.AssertClose(pair.First, pair.Second, 1e-6, $"{preset}, {sample}"));
        }
    }

    [Theory]
    [Trait("Property", "15")]
    [InlineData(12, 12)]
    [InlineData(40, 10)]
    [InlineData(10, 40)]
    public void Matching_rms_keeps_the_root_mean_square_near_a_fifth(int rows, int columns)
    {
        var random = new Random(rows);
        int r = Math.Min(rows, columns);
        var spectrum = Matrix<double>.Build.DenseDiagonal(rows, columns, 1.0);
        for (int i = 0; i < r; i++) spectrum[i, i] = 0.1 + (0.9 * random.NextDouble());
        Matrix<double> g = Sample.Orthogonal(random, rows) * spectrum * Sample.Orthogonal(random, columns);
        double rms = Rig.Updates(Rig.Options("muon", "scale=match-rms-adamw"), g)[0].FrobeniusNorm() / Math.Sqrt(rows * columns);
        Assert.InRange(rms, 0.6818 * 0.2, 1.1345 * 0.2);
    }

    [Theory]
    [Trait("Property", "16")]
    [MemberData(nameof(Seeds))]
    public void Scales_are_their_formulas(int seed)
    {
        var sample = new Sample(seed);
        (double m, double n) = (sample.Rows, sample.Columns);
        Matrix<double> o = Rig.Updates(Rig.Options("muon", "scale=none"), sample.Values)[0];
        double norm = o.FrobeniusNorm();
        (string Name, double Factor)[] scales =
        [
            ("shape", Math.Sqrt(Math.Max(1, m / n))), ("spectral", Math.Sqrt(Math.Max(m, n))), ("unit-rms", Math.Sqrt(m / n)), ("match-rms-adamw", 0.2 * Math.Sqrt(Math.Max(m, n))),
            ("rms-align", 0.2 * Math.Sqrt(m * n) / (norm + 1e-8)), ("rms-align-min", 0.2 * Math.Sqrt(Math.Min(m, n)) / (norm + 1e-8)), ("unit-norm-match", 0.2 * Math.Sqrt(Math.Max(m, n)) / (norm + 1e-8)),
        ];
        foreach ((string name, double factor) in scales)
        {
            Matrix<double> u = Rig.Updates(Rig.Options("muon", $"scale={name}", "extraScale=0.7"), sample.Values)[0];
            NewtonSchulzTests.AssertClose(0.7 * factor * o, u, 1e-11 * factor, $"{name}, {sample}");
        }
    }

    [Theory]
    [Trait("Property", "16")]
    [InlineData(24, 6)]
    [InlineData(6, 24)]
    [InlineData(9, 9)]
    public void Unit_rms_has_an_operator_norm_of_one_between_root_mean_squares(int rows, int columns)
    {
        OptimizerOptions options = Rig.Options("scion", "weightDecay=0", "orthogonalizer.coefficients=classic", "orthogonalizer.steps=40");
        Matrix<double> u = Rig.Updates(options, Sample.Gaussian(new Random(1), rows, columns))[0];
        Assert.Equal(1, u.L2Norm() * Math.Sqrt((double)columns / rows), 1e-9);
    }

    [Theory]
    [Trait("Property", "17")]
    [InlineData("decoupled")]
    [InlineData("independent")]
    [InlineData("palm")]
    [InlineData("l2")]
    public void Weight_decay_follows_its_formula_at_two_learning_rates(string method)
    {
        var sample = new Sample(8);
        foreach (double eta in new[] { 0.5, 0.01 })
        {
            const double Lambda = 0.1;
            OptimizerOptions options = Rig.Options("muon", "weightDecay=0.1", $"weightDecayMethod={method}") with { LearningRate = eta };
            Matrix<double> gradient = method == "l2" ? sample.Values + (Lambda * sample.Weights) : sample.Values;
            double share = method switch { "decoupled" => eta * Lambda, "independent" => Lambda, "palm" => eta * eta * Lambda, _ => 0 };
            Matrix<double> expected = ((1 - share) * sample.Weights) - (eta * Rig.Updates(Rig.Options("muon"), gradient)[0]);
            using Rig rig = Rig.Single(options, sample.Weights);
            NewtonSchulzTests.AssertClose(expected, rig.Step(sample.Values), 1e-10, $"{method}, η = {eta}");

            using Rig louder = Rig.Single(options with { Orthogonalizer = options.Orthogonalizer with { Epsilon = 0 } }, sample.Weights);
            double change = (louder.Step(1e3 * sample.Values) - expected).FrobeniusNorm();
            Assert.True(method == "l2" ? change > 1e-6 : change < 1e-3 * eta, $"{method}: a thousand times the gradient changes the step by {change}");
        }
    }

    [Fact]
    [Trait("Property", "42")]
    public void Cautious_decay_spares_entries_that_the_update_already_shrinks_and_decays_at_zero()
    {
        // A diagonal gradient keeps its signs: the update is positive on the diagonal and 0 elsewhere.
        var g = Matrix<double>.Build.DenseIdentity(2);
        Matrix<double> w = Matrix<double>.Build.DenseOfRowArrays([2.0, 3], [-4, -5]);
        using Rig rig = Rig.Single(Rig.Options("muon", "weightDecay=0.1", "cautiousWeightDecay=true", "scale=none"), w);
        Matrix<double> moved = rig.Step(g), o = NewtonSchulzTests.Run(Jordan, 0.05 * g * 1.95);
        NewtonSchulzTests.AssertClose(Matrix<double>.Build.DenseOfRowArrays([(0.9 * 2) - o[0, 0], 0.9 * 3], [0.9 * -4, -5 - o[1, 1]]), moved, 1e-7, "cautious");
    }

    [Theory]
    [Trait("Property", "19")]
    [Trait("Property", "21")]
    [MemberData(nameof(Seeds))]
    public void The_dual_norm_factor_is_the_inner_product_and_near_the_nuclear_norm(int seed)
    {
        var sample = new Sample(seed);
        string[] plain = ["momentum=0", "scale=none", NoEpsilon];
        Matrix<double> o = Rig.Updates(Rig.Options("muon", plain), sample.Values)[0], u = Rig.Updates(Rig.Options("dual-norm-muon", plain), sample.Values)[0];
        double s = sample.Values.PointwiseMultiply(o).Enumerate().Sum(), nuclear = Sample.Svd(sample.Values).S.Sum();
        NewtonSchulzTests.AssertClose(s * o, u, 1e-11 * s, $"{sample}");
        double norm = sample.Values.FrobeniusNorm(), smallest = Sample.Svd(sample.Values).S.Where(sigma => sigma > 1e-12 * norm).Min(sigma => CoefficientSets.Jordan.Compose(5, sigma / norm));
        Assert.True(s >= smallest * nuclear * (1 - 1e-9) && s > 0 && s <= 1.2025 * nuclear, $"{sample}: ⟨U,O⟩ = {s}, ‖U‖_* = {nuclear}");

        // Steepest descent: the step's inner product with the gradient is −s².
        Assert.Equal(s * s, sample.Values.PointwiseMultiply(u).Enumerate().Sum(), 1e-10 * s * s);
    }

    [Theory]
    [Trait("Property", "19")]
    [InlineData(6, 4)]
    [InlineData(5, 11)]
    public void With_the_exact_polar_factor_the_dual_norm_is_the_nuclear_norm(int rows, int columns)
    {
        Matrix<double> g = Sample.Gaussian(new Random(7), rows, columns);
        Matrix<double> u = Rig.Updates(Rig.Options("polargrad", "momentum=0", "orthogonalizer.coefficients=classic", "orthogonalizer.steps=60"), g)[0];
        double nuclear = Sample.Svd(g).S.Sum();
        Assert.Equal(nuclear, u.FrobeniusNorm() / Math.Sqrt(Math.Min(rows, columns)), 1e-10 * nuclear);
    }

    [Theory]
    [Trait("Property", "20")]
    [Trait("Property", "21")]
    [MemberData(nameof(Seeds))]
    public void A_dual_norm_step_is_proportional_to_the_gradient_and_obeys_its_bound(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double>[] once = Rig.Updates(Rig.Options("dual-norm-muon", NoEpsilon), sample.Values, sample.Next);
        Matrix<double>[] often = Rig.Updates(Rig.Options("dual-norm-muon", NoEpsilon), 1000 * sample.Values, 1000 * sample.Next);
        for (int step = 0; step < 2; step++) NewtonSchulzTests.AssertClose(1000 * once[step], often[step], 1e-8 * often[step].FrobeniusNorm(), $"{sample}");

        Matrix<double> o = Rig.Updates(Rig.Options("muon", NoEpsilon), sample.Values)[0];
        double bound = 0.5 * once[0].FrobeniusNorm() / o.FrobeniusNorm();
        OptimizerOptions clipped = Rig.Options("dual-norm-muon", NoEpsilon) with { DualNormClip = bound };
        NewtonSchulzTests.AssertClose(bound * o, Rig.Updates(clipped, sample.Values)[0], 1e-10 * bound, $"{sample}");
    }

    [Fact]
    [Trait("Property", "22")]
    public void Polargrad_is_dual_norm_muon_without_nesterov_and_shape()
    {
        OptimizerOptions written = Rig.Options("dual-norm-muon", "nesterov=false", "scale=none", "orthogonalizer.coefficients=quintic", "orthogonalizer.normalization=max", "orthogonalizer.epsilon=1e-15");
        Assert.Equal(Rig.Options("polargrad").Compile(), written.Compile());
    }
}
