using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Optim;

/// <summary>The exact polar factor, the normalizations that need XXᵀ, and the iteration in bfloat16, each against its formula in float64.</summary>
public sealed class OrthogonalizerTests
{
    public static TheoryData<int> Seeds => Sample.Seeds;

    private static Matrix<double> Run(Orthogonalizer method, Matrix<double> input) => NewtonSchulzTests.Run(method, input);

    /// <summary>UVᵀ over the singular values above max(m,n)·2⁻⁵²·σ_max.</summary>
    internal static Matrix<double> Polar(Matrix<double> matrix)
    {
        (Matrix<double> u, Vector<double> s, Matrix<double> vt) = Sample.Svd(matrix);
        double smallest = Math.Max(matrix.RowCount, matrix.ColumnCount) * Math.Pow(2, -52) * s[0];
        return u * Matrix<double>.Build.DiagonalOfDiagonalVector(s.Map(sigma => sigma > smallest ? 1.0 : 0)) * vt;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Polar_is_the_factor_of_the_singular_value_decomposition(int seed)
    {
        var sample = new Sample(seed);
        if (sample.Kind == "rank-deficient") return;
        NewtonSchulzTests.AssertClose(Polar(sample.Values), Run(new ExactPolar(), sample.Values), 1e-9, $"{sample}");
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e-10)]
    [InlineData(1e-13)]
    public void Polar_keeps_singular_values_that_a_gram_matrix_forgets(double smallest)
    {
        var random = new Random(11);
        const int Size = 14;
        Matrix<double> q = Sample.Orthogonal(random, Size), r = Sample.Orthogonal(random, 23).SubMatrix(0, Size, 0, 23);
        var spectrum = Matrix<double>.Build.DiagonalOfDiagonalArray([.. Enumerable.Range(0, Size).Select(i => Math.Pow(smallest, i / (Size - 1.0)))]);
        NewtonSchulzTests.AssertClose(q * r, Run(new ExactPolar(), q * spectrum * r), 1e-14 / smallest, $"condition {1 / smallest}");
    }

    [Fact]
    public void Polar_leaves_out_what_is_zero_and_zero_gives_zero()
    {
        // Integers of rank 2: the Gram matrix is exact, and the factor is a partial isometry of rank 2.
        Matrix<double> g = Matrix<double>.Build.DenseOfRowArrays([1.0, 2, 3, 0], [2, 4, 6, 0], [0, 0, 0, 5], [0, 0, 0, 0]);
        Matrix<double> o = Run(new ExactPolar(), g);
        NewtonSchulzTests.AssertClose(Polar(g), o, 1e-13, "rank 2");
        NewtonSchulzTests.AssertClose(o, o * o.Transpose() * o, 1e-13, "partial isometry");
        Assert.Equal(2, o.Rank());
        Assert.All(Run(new ExactPolar(), Matrix<double>.Build.Dense(3, 5)).Enumerate(), value => Assert.Equal(0, value));
        Assert.All(Run(new ExactPolar(), Matrix<double>.Build.Dense(2, 2, double.NaN)).Enumerate(), value => Assert.True(double.IsNaN(value)));
    }

    private static double Divisor(Normalization normalization, Matrix<double> g, double epsilon)
    {
        Vector<double> s = Sample.Svd(g).S;
        double norm = g.FrobeniusNorm();
        return normalization switch
        {
            Normalization.Add => norm + epsilon,
            Normalization.Max => Math.Max(norm, epsilon),
            Normalization.Safety => (1.02 * norm) + epsilon,
            Normalization.Spectral => s[0],
            _ => Math.Sqrt(Math.Sqrt(s.Sum(sigma => Math.Pow(sigma, 4)))),
        };
    }

    public static IEnumerable<TheoryDataRow<Normalization, int>> NormalizationsAndSeeds =>
        from normalization in Enum.GetValues<Normalization>() from seed in Sample.Seeds select new TheoryDataRow<Normalization, int>(normalization, seed.Data);

    [Theory]
    [Trait("Property", "1")]
    [Trait("Property", "2")]
    [MemberData(nameof(NormalizationsAndSeeds))]
    public void Every_normalization_is_its_formula(Normalization normalization, int seed)
    {
        var sample = new Sample(seed);
        CoefficientSet set = CoefficientSets.Get(normalization == Normalization.Aol ? "aol" : "quintic");
        var method = new NewtonSchulz(set, set.Triples.Length, normalization);
        Matrix<double> normalized = normalization == Normalization.Aol ? Aol(sample.Values) : sample.Values / Divisor(normalization, sample.Values, 1e-7);
        (Matrix<double> u, Vector<double> s, Matrix<double> vt) = Sample.Svd(normalized);
        Vector<double> mapped = s.Map(sigma => set.Compose(method.Steps, sigma));
        Matrix<double> o = Run(method, sample.Values);

        // Where two of the largest singular values agree to six digits, 2²⁰ power iterations are off by as little.
        NewtonSchulzTests.AssertClose(u * Matrix<double>.Build.DiagonalOfDiagonalVector(mapped) * vt, o, 1e-6, $"{normalization}, {sample}");
        Assert.All(s, sigma => Assert.InRange(sigma, 0, 1 + 1e-12));
        Assert.All(Sample.Svd(o).S, sigma => Assert.InRange(sigma, -1e-9, mapped.Maximum() + 1e-6));
    }

    /// <summary>diag(1/√Σⱼ|XXᵀ|ᵢⱼ)·X on the shorter side.</summary>
    private static Matrix<double> Aol(Matrix<double> g)
    {
        if (g.RowCount > g.ColumnCount) return Aol(g.Transpose()).Transpose();
        Vector<double> sums = (g * g.Transpose()).PointwiseAbs().RowSums();
        return Matrix<double>.Build.DiagonalOfDiagonalVector(sums.Map(sum => sum > 0 ? 1 / Math.Sqrt(sum) : 0)) * g;
    }

    [Fact]
    public void Aol_changes_the_target_and_the_others_do_not()
    {
        Matrix<double> g = Sample.Gaussian(new Random(3), 6, 9);
        g.SetRow(0, 5 * g.Row(0));
        double Off(Normalization normalization) => (Run(new NewtonSchulz(CoefficientSets.Get("classic"), 40, normalization), g) - Polar(g)).FrobeniusNorm();
        Assert.True(Off(Normalization.Aol) > 0.1);
        foreach (Normalization normalization in new[] { Normalization.Add, Normalization.Spectral, Normalization.Schatten4 }) Assert.True(Off(normalization) < 1e-10, $"{normalization}");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 5)]
    [InlineData(8, 20)]
    public void The_spectral_norm_of_equal_singular_values_is_never_too_small(int rows, int columns)
    {
        Matrix<double> g = 3 * Sample.Orthogonal(new Random(1), columns).SubMatrix(0, rows, 0, columns);
        Matrix<double> x = Run(new NewtonSchulz(CoefficientSet.Custom([new Coefficients(1, 0, 0)]), 1, Normalization.Spectral), g);
        Assert.InRange(x.L2Norm(), 1 - 3e-6, 1 + 1e-12);
    }

    [Theory]
    [InlineData(Normalization.Aol)]
    [InlineData(Normalization.Spectral)]
    [InlineData(Normalization.Schatten4)]
    public void What_squares_the_gradient_knows_no_scale_in_float32(Normalization normalization)
    {
        Matrix<double> g = Sample.Gaussian(new Random(2), 10, 7);
        var method = new NewtonSchulz(CoefficientSets.Get("aol"), 4, normalization, 0);
        Matrix<double> expected = Run(method, g);
        foreach (double scale in new[] { 1e-30, 1e-10, 1, 1e15 })
        {
            NewtonSchulzTests.AssertClose(expected, NewtonSchulzTests.Run(new CpuBackend(), method, scale * g), 1e-4, $"scale {scale}");
        }
    }

    /// <summary>The nearest number of 8 significant bits, ties to even.</summary>
    internal static double Bfloat16(double value)
    {
        if (value == 0) return 0;
        double unit = Math.ScaleB(1, Math.ILogB(value) - 7);
        return Math.Round(value / unit, MidpointRounding.ToEven) * unit;
    }

    [Fact]
    public void Rounding_to_bfloat16_is_to_the_nearest_with_ties_to_even()
    {
        var random = new Random(5);
        float[] ties = [.. Enumerable.Range(257, 255).Where(i => i % 2 == 1).Select(i => (float)Math.ScaleB(i, -9))];
        float[] values = [0, 1, -1, 3.14159f, 1e-20f, -2.5e-30f, .. ties, .. Enumerable.Range(0, 20_000).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 4))))];
        float[] expected = [.. values.Select(value => (float)Bfloat16(value))];
        foreach (IBackend backend in new IBackend[] { new CpuBackend(2), new ReferenceBackend<float>(), new ReferenceBackend<double>() })
        {
            using var context = new ComputeContext(backend);
            BufferView x = context.Persistent(values.Length), workspace = context.Persistent(values.Length);
            backend.Upload(x, values);
            backend.RoundToBfloat16(x, workspace);
            var rounded = new float[values.Length];
            backend.Download(x, rounded);
            Assert.Equal(expected, rounded);
        }
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(16, 12)]
    [InlineData(33, 33)]
    public void Emulated_bfloat16_rounds_what_is_stored(int rows, int columns)
    {
        Matrix<double> g = Sample.Gaussian(new Random(rows), rows, columns);
        Matrix<double> x = (rows > columns ? g.Transpose() : g).Divide(g.FrobeniusNorm() + 1e-7).Map(Bfloat16);
        for (int step = 0; step < 5; step++)
        {
            (double a, double b, double c) = CoefficientSets.Jordan.At(step);
            Matrix<double> gram = (x * x.Transpose()).Map(Bfloat16);
            x = ((a * x) + (((b * gram) + (c * gram * gram)).Map(Bfloat16) * x)).Map(Bfloat16);
        }
        Assert.Equal(rows > columns ? x.Transpose() : x, Run(InBfloat16, g));
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(16, 12)]
    [InlineData(33, 33)]
    public void In_bfloat16_the_operands_of_every_product_are_rounded(int rows, int columns)
    {
        Matrix<double> g = Sample.Gaussian(new Random(rows), rows, columns);
        Matrix<double> x = (rows > columns ? g.Transpose() : g).Divide(g.FrobeniusNorm() + 1e-7);
        for (int step = 0; step < 5; step++)
        {
            (double a, double b, double c) = CoefficientSets.Jordan.At(step);
            Matrix<double> rounded = x.Map(Bfloat16), gram = rounded * rounded.Transpose(), square = gram.Map(Bfloat16) * gram.Map(Bfloat16);
            x = ((a * Matrix<double>.Build.DenseIdentity(x.RowCount)) + (b * gram) + (c * square)).Map(Bfloat16) * rounded;
        }

        // In float32 a number on the edge between two may fall to the other side: a few units of 2⁻⁸.
        Matrix<double> expected = rows > columns ? x.Transpose() : x, once = NewtonSchulzTests.Run(new CpuBackend(1), InBfloat16, g);
        Assert.Equal(once, NewtonSchulzTests.Run(new CpuBackend(2), InBfloat16, g));
        Assert.Equal(once, NewtonSchulzTests.Run(new CpuBackend(1, assembles: false), InBfloat16, g));
        NewtonSchulzTests.AssertClose(expected, once, 0.03, "float32 sums");
        Assert.NotEqual(once, NewtonSchulzTests.Run(new CpuBackend(1), InBfloat16 with { Precision = OrthogonalizerPrecision.Float32 }, g));
    }

    public static TheoryData<string, string, int> SetsInBfloat16 => new()
    {
        { "jordan", "gaussian", 5 }, { "jordan", "rank 1", 5 }, { "jordan", "half rank", 5 }, { "jordan", "condition 1e8", 5 }, { "jordan", "zero rows", 5 }, { "jordan", "condition 1e8", 10 },
        { "quintic", "condition 1e8", 5 }, { "polar-express", "gaussian", 5 }, { "polar-express", "half rank", 8 }, { "polar-express", "condition 1e8", 8 }, { "deepseek-v4", "rank 1", 10 },
    };

    [Theory]
    [MemberData(nameof(SetsInBfloat16))]
    public void Through_the_Gram_matrix_bfloat16_is_about_as_exact_as_without(string set, string kind, int steps)
    {
        foreach ((int rows, int columns) in new[] { (64, 256), (160, 64) })
        {
            Matrix<double> g = Hard(kind, rows, columns);
            NewtonSchulz method = InBfloat16 with { Coefficients = CoefficientSets.Get(set), Steps = steps };
            Matrix<double> exact = Run(method with { Precision = OrthogonalizerPrecision.Float32, Form = NewtonSchulzForm.Plain }, g);
            double plain = Error(NewtonSchulzForm.Plain), gram = Error(NewtonSchulzForm.Gram);
            Assert.True(gram <= Math.Max(2.5 * plain, 0.02), $"{rows}×{columns}: the Gram form errs by {gram:G3}, the plain form by {plain:G3}");

            double Error(NewtonSchulzForm form) => (NewtonSchulzTests.Run(new CpuBackend(1), method with { Form = form }, g) - exact).FrobeniusNorm() / exact.FrobeniusNorm();
        }
    }

    private static NewtonSchulz InBfloat16 => new(CoefficientSets.Jordan, 5, Precision: OrthogonalizerPrecision.Bfloat16);

    private static Matrix<double> Hard(string kind, int rows, int columns)
    {
        var random = new Random(7);
        int rank = kind switch { "rank 1" => 1, "half rank" => Math.Min(rows, columns) / 2, _ => Math.Min(rows, columns) };
        Matrix<double> left = Sample.Gaussian(random, rows, rank), right = Sample.Gaussian(random, rank, columns);
        if (kind == "gaussian") return Sample.Gaussian(random, rows, columns);
        for (int i = 0; kind == "condition 1e8" && i < rank; i++) right.SetRow(i, right.Row(i) * Math.Pow(10, -8.0 * i / (rank - 1)));
        Matrix<double> product = left * right;
        for (int i = 0; kind == "zero rows" && i < rows; i += 3) product.ClearRow(i);
        return product;
    }
}
