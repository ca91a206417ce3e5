using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Optim;

/// <summary>What Newton–Schulz does to singular values and vectors, in float64 unless said.</summary>
public sealed class NewtonSchulzTests
{
    // What the classic set reaches after 40 steps is the exact polar factor to rounding.
    internal static readonly NewtonSchulz Exact = new(CoefficientSets.Get("classic"), 40, Epsilon: 0);

    public static TheoryData<string> Sets => [.. CoefficientSets.All.Where(set => set.Name != "aol-nvidia").Select(set => set.Name)];

    public static IEnumerable<TheoryDataRow<string, int>> SetsAndSeeds =>
        from set in Sets from seed in Sample.Seeds select new TheoryDataRow<string, int>(set.Data, seed.Data);

    internal static Matrix<double> Run(Orthogonalizer method, Matrix<double> input) => Run(new ReferenceBackend<double>(), method, input);

    internal static Matrix<double> Run(IBackend backend, Orthogonalizer method, Matrix<double> input)
    {
        using var context = new ComputeContext(backend);
        BufferView x = context.Persistent(input.RowCount * input.ColumnCount), y = context.Persistent(x.Length);
        backend.Upload(x, input.ToRowMajorArray());
        method.Apply(context, input.RowCount, input.ColumnCount, x, y);
        var values = new double[y.Length];
        backend.Download(y, values);
        return Matrix<double>.Build.DenseOfRowMajor(input.RowCount, input.ColumnCount, values);
    }

    private static int UsualSteps(CoefficientSet set) => Math.Max(5, set.Triples.Length);

    [Theory]
    [Trait("Property", "2")]
    [MemberData(nameof(SetsAndSeeds))]
    public void Singular_values_are_mapped_and_vectors_kept(string name, int seed)
    {
        var sample = new Sample(seed);
        CoefficientSet set = CoefficientSets.Get(name);
        var method = new NewtonSchulz(set, UsualSteps(set));
        (Matrix<double> u, Vector<double> s, Matrix<double> vt) = Sample.Svd(sample.Values);
        double divisor = sample.Values.FrobeniusNorm() + method.Epsilon;
        Matrix<double> expected = u * Matrix<double>.Build.DiagonalOfDiagonalVector(s.Map(sigma => set.Compose(method.Steps, sigma / divisor))) * vt;
        AssertClose(expected, Run(method, sample.Values), 1e-10 * set.Compose(method.Steps, 1e-9) / 1e-9, $"{name}, {sample}");
    }

    [Theory]
    [Trait("Property", "1")]
    [InlineData("jordan", 5, 484.9, 0.4705, 1.2024, 0.6818, 1.1344, 0.6964)]
    [InlineData("classic", 5, 23.2, 0.0232, 1, 0.2285, 1, 1)]
    [InlineData("quintic", 5, 492.7, 0.4750, 1.1450, 0.9778, 1.0318, 0.9783)]
    [InlineData("polar-express", 5, 976.3, 0.8462, 1.1236, 0.8704, 1.1236, 1.0273)]
    [InlineData("polar-express", 8, 6363, 1.0000, 1.0000, 1.0000, 1.0000, 1.0000)]
    [InlineData("cans", 5, 1049, 0.8844, 1.1198, 0.8844, 1.1198, 1.0051)]
    [InlineData("aol", 4, 147.2, 0.1466, 1.0500, 0.9409, 1.0500, 0.9438)]
    [InlineData("aol-nvidia", 4, 104.1, -1.0844, 1.0844, -1.0844, 1.0844, -0.9935)]
    [InlineData("deepseek-v4", 10, 79263, 1.0000, 1.0005, 1.0000, 1.0005, 1.0000)]
    [InlineData("cubic5", 5, 119.3, 0.1191, 1.3000, 0.7741, 1.3000, 0.7741)]
    [InlineData("leloykun", 5, 198.2, 0.1968, 1.1007, 0.9939, 1.1007, 0.9987)]
    public void The_range_of_a_set_is_what_is_documented(string name, int steps, double slope, double low3, double high3, double low2, double high2, double atOne)
    {
        CoefficientSet set = CoefficientSets.Get(name);
        Assert.Equal(slope, set.Compose(steps, 1e-12) / 1e-12, slope * 1.5e-3);
        Assert.Equal(atOne, set.Compose(steps, 1), 6e-5);
        (double low, double high) = Range(set, steps, 1e-3);
        Assert.Equal((low3, high3), (Math.Round(low, 4), Math.Round(high, 4)));
        (low, high) = Range(set, steps, 1e-2);
        Assert.Equal((low2, high2), (Math.Round(low, 4), Math.Round(high, 4)));
    }

    private static (double Low, double High) Range(CoefficientSet set, int steps, double from)
    {
        const int Points = 100_000;
        IEnumerable<double> image = Enumerable.Range(0, Points + 1).Select(i => set.Compose(steps, from * Math.Pow(1 / from, (double)i / Points)));
        return (image.Min(), image.Max());
    }

    [Theory]
    [Trait("Property", "8")]
    [MemberData(nameof(Sets))]
    public void A_set_that_is_not_refused_is_positive_after_every_step(string name)
    {
        CoefficientSet set = CoefficientSets.Get(name);
        int steps = set.Order == CoefficientOrder.Exact ? set.Triples.Length : 12;
        for (int i = 1; i <= 50_000; i++)
        {
            double sigma = i / 50_000.0;
            for (int step = 0; step < steps; step++)
            {
                sigma = set.At(step).At(sigma);
                if (!(sigma > 0)) Assert.Fail($"{name}: σ = {i / 50_000.0} is {sigma} after step {step + 1}");
            }
        }
        set.Check(steps);
    }

    [Theory]
    [Trait("Property", "3")]
    [Trait("Property", "5")]
    [MemberData(nameof(Sample.Seeds), MemberType = typeof(Sample))]
    public void It_commutes_with_transposition_and_is_odd(int seed)
    {
        var sample = new Sample(seed);
        var method = new NewtonSchulz(CoefficientSets.Jordan, 5);
        Matrix<double> o = Run(method, sample.Values);
        AssertClose(o.Transpose(), Run(method, sample.Values.Transpose()), 1e-10, $"{sample}");
        Assert.Equal((-o).ToRowMajorArray(), Run(method, -sample.Values).ToRowMajorArray());
    }

    [Theory]
    [Trait("Property", "4")]
    [MemberData(nameof(Sample.Seeds), MemberType = typeof(Sample))]
    public void It_commutes_with_rotations(int seed)
    {
        var sample = new Sample(seed);
        Matrix<double> q = Sample.Orthogonal(sample.Random, sample.Rows), r = Sample.Orthogonal(sample.Random, sample.Columns);
        var method = new NewtonSchulz(CoefficientSets.Jordan, 5);
        AssertClose(q * Run(method, sample.Values) * r, Run(method, q * sample.Values * r), 1e-10, $"{sample}");
    }

    [Theory]
    [Trait("Property", "6")]
    [InlineData(1e-30)]
    [InlineData(1e-9)]
    [InlineData(1e9)]
    public void It_ignores_the_scale_where_epsilon_is_small(double scale)
    {
        Matrix<double> g = Sample.Gaussian(new Random(1), 12, 7);
        var free = new NewtonSchulz(CoefficientSets.Jordan, 5, Epsilon: 0);
        AssertClose(Run(free, g), Run(free, scale * g), 1e-12, "float64");
        AssertClose(Run(new ReferenceBackend<float>(), free, g), Run(new ReferenceBackend<float>(), free, scale * g), 1e-4, "float32");

        // With the usual ε = 1e-7 a gradient that small is not orthogonalized: that is how the originals are.
        var usual = new NewtonSchulz(CoefficientSets.Jordan, 5);
        double difference = (Run(usual, g) - Run(usual, scale * g)).FrobeniusNorm();
        Assert.True(scale > 1 ? difference < 1e-5 : difference > 0.1, $"difference {difference}");
    }

    [Fact]
    [Trait("Property", "7")]
    public void Zero_stays_zero_under_every_normalization()
    {
        foreach (Normalization normalization in Enum.GetValues<Normalization>())
        {
            foreach (double epsilon in new[] { 0, 1e-15, 1e-7 })
            {
                var method = new NewtonSchulz(CoefficientSets.Jordan, 5, normalization, epsilon);
                Assert.All(Run(method, Matrix<double>.Build.Dense(4, 3)).ToRowMajorArray(), value => Assert.Equal(0, value));
            }
        }
    }

    [Fact]
    [Trait("Property", "7")]
    public void Rank_is_preserved_and_zero_rows_stay_zero()
    {
        var random = new Random(5);
        Matrix<double> g = Sample.Gaussian(random, 20, 3) * Sample.Gaussian(random, 3, 30);
        g.ClearRow(4);
        Matrix<double> o = Run(new NewtonSchulz(CoefficientSets.Get("quintic"), 5), g);
        Assert.Equal(3, o.Svd(computeVectors: false).S.Count(sigma => sigma > 1e-9));
        Assert.All(o.Row(4), value => Assert.Equal(0, value));
    }

    [Theory]
    [Trait("Property", "9")]
    [InlineData(17, 17)]
    [InlineData(40, 9)]
    [InlineData(9, 40)]
    public void The_classic_set_converges_monotonically_to_the_polar_factor(int rows, int columns)
    {
        Matrix<double> g = Sample.Gaussian(new Random(2), rows, columns);
        (Matrix<double> u, _, Matrix<double> vt) = Sample.Svd(g);
        double last = double.MaxValue;
        foreach (int steps in Enumerable.Range(1, 25))
        {
            double error = (Run(new NewtonSchulz(CoefficientSets.Get("classic"), steps), g) - (u * vt)).FrobeniusNorm();
            Assert.True(error < last || error < 1e-12, $"step {steps}: {error} after {last}");
            last = error;
        }
        Assert.True(last < 1e-12, $"{last}");
    }

    [Fact]
    [Trait("Property", "12")]
    public void Polar_express_repeats_its_last_triple_and_converges()
    {
        CoefficientSet set = CoefficientSets.Get("polar-express");
        Assert.Equal(set.Triples[^1], set.At(15));
        Assert.Equal(CoefficientSets.Get("quintic").Triples[1], CoefficientSets.Get("quintic").At(6));
        Assert.True(Distance(Run(new NewtonSchulz(set, 16), Sample.Gaussian(new Random(3), 24, 31))) < 1e-5);
    }

    [Fact]
    [Trait("Property", "11")]
    public void Ten_steps_of_polar_express_beat_five_of_quintic_on_an_ill_conditioned_matrix()
    {
        var random = new Random(4);
        var spectrum = Matrix<double>.Build.DiagonalOfDiagonalArray([.. Enumerable.Range(0, 16).Select(i => Math.Pow(10, -12 * i / 15.0))]);
        Matrix<double> g = Sample.Orthogonal(random, 16) * spectrum * Sample.Orthogonal(random, 16);
        Assert.True(Distance(Run(new NewtonSchulz(CoefficientSets.Get("polar-express"), 10), g)) < Distance(Run(new NewtonSchulz(CoefficientSets.Get("quintic"), 5), g)));
    }

    [Theory]
    [Trait("Property", "10")]
    [InlineData(1, 1, 5)]
    [InlineData(1, 9, 4)]
    [InlineData(9, 1, 5)]
    [InlineData(31, 8, 4)]
    [InlineData(31, 8, 5)]
    [InlineData(8, 31, 4)]
    [InlineData(16, 16, 1)]
    public void Symmetry_and_transposition_change_nothing(int rows, int columns, int steps)
    {
        Matrix<double> g = Sample.Gaussian(new Random(rows * columns), rows, columns), x = g / (1.02 * g.FrobeniusNorm() + 1e-6);
        CoefficientSet set = CoefficientSets.Get("quintic");
        for (int step = 0; step < steps; step++)
        {
            (double a, double b, double c) = set.At(step);
            Matrix<double> gram = x * x.Transpose();
            x = (a * x) + (b * gram * x) + (c * gram * gram * x);
        }
        AssertClose(x, Run(new NewtonSchulz(set, steps, Normalization.Safety, 1e-6), g), 1e-12, "plain");
    }

    [Fact]
    public void Workspace_is_given_back_and_work_is_counted()
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        BufferView x = context.Persistent(12), y = context.Persistent(12);
        new NewtonSchulz(CoefficientSets.Jordan, 7).Apply(context, 4, 3, x, y);
        Assert.Equal((0, 1, 7), (context.Arena.LiveViews, context.Counters.MatricesOrthogonalized, context.Counters.NewtonSchulzIterations));
    }

    private static double Distance(Matrix<double> o) => (((o.RowCount > o.ColumnCount ? o.TransposeThisAndMultiply(o) : o.TransposeAndMultiply(o)) - Matrix<double>.Build.DenseIdentity(Math.Min(o.RowCount, o.ColumnCount))).FrobeniusNorm());

    internal static void AssertClose(Matrix<double> expected, Matrix<double> actual, double tolerance, string what)
    {
        double difference = (expected - actual).Enumerate().Max(Math.Abs);
        Assert.True(difference <= tolerance, $"{what}: largest difference {difference:e3}, allowed {tolerance:e1}");
    }
}
