using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Optim.Orthogonalization;

namespace MiniGrad.Tests.Optim;

/// <summary>The Gram form and the plain one give the same result, where float32 makes that hard, too.</summary>
public sealed class GramNewtonSchulzTests
{
    private const int M = 64, N = 160;

    public static IEnumerable<TheoryDataRow<string, int>> SetsAndSteps =>
        from set in CoefficientSets.All
        where set.Name != "aol-nvidia"
        from steps in set.Order == CoefficientOrder.Exact ? new[] { set.Triples.Length } : [5, 10]
        where Bounded(set, steps)
        select new TheoryDataRow<string, int>(set.Name, steps);

    // Some sets are made for few steps: after more, the plain form leaves every bound by itself.
    private static bool Bounded(CoefficientSet set, int steps) => Enumerable.Range(1, 1000).All(i => set.Compose(steps, i / 1000.0) < 2);

    private static IEnumerable<(string Name, Matrix<double> Value)> Inputs()
    {
        var random = new Random(11);
        Matrix<double> gaussian = Sample.Gaussian(random, M, N);
        yield return ("gaussian", gaussian);
        yield return ("rank 1", Sample.Gaussian(random, M, 1) * Sample.Gaussian(random, 1, N));
        yield return ("rank n/2", Sample.Gaussian(random, M, M / 2) * Sample.Gaussian(random, M / 2, N));
        Matrix<double> zeroRows = gaussian.Clone();
        for (int row = 0; row < M; row += 3) zeroRows.ClearRow(row);
        yield return ("zero rows", zeroRows);
        var spectrum = Matrix<double>.Build.Dense(M, N, (i, j) => i == j ? Math.Pow(10, -8.0 * i / (M - 1)) : 0);
        yield return ("condition 1e8", Sample.Orthogonal(random, M) * spectrum * Sample.Orthogonal(random, N));
        yield return ("zero", Matrix<double>.Build.Dense(M, N));
    }

    [Theory]
    [Trait("Property", "10")]
    [MemberData(nameof(SetsAndSteps))]
    public void In_float32_it_stays_near_the_plain_form_in_float64(string set, int steps)
    {
        foreach ((string name, Matrix<double> input) in Inputs())
        {
            foreach (Matrix<double> matrix in new[] { input, input.Transpose() })
            {
                Matrix<double> gram = Run(new CpuBackend(), NewtonSchulzForm.Gram, set, steps, matrix), exact = Run(new ReferenceBackend<double>(), NewtonSchulzForm.Plain, set, steps, matrix);
                NewtonSchulzTests.AssertClose(exact, gram, steps > 5 ? 6e-3 : name == "rank 1" ? 1e-3 : 5e-4, $"{set}×{steps}, {name}");
            }
        }
    }

    [Theory]
    [Trait("Property", "10")]
    [MemberData(nameof(SetsAndSteps))]
    public void The_algebra_is_the_same_in_float64(string set, int steps)
    {
        foreach ((string name, Matrix<double> input) in Inputs())
        {
            foreach (Matrix<double> matrix in new[] { input, input.Transpose() })
            {
                Matrix<double> gram = Run(new ReferenceBackend<double>(), NewtonSchulzForm.Gram, set, steps, matrix), plain = Run(new ReferenceBackend<double>(), NewtonSchulzForm.Plain, set, steps, matrix);
                NewtonSchulzTests.AssertClose(plain, gram, steps > 5 ? 1e-5 : 1e-10, $"{set}×{steps}, {name}");
            }
        }
    }

    [Theory]
    [InlineData("jordan", 5, 0)]
    [InlineData("quintic", 5, 0)]
    [InlineData("jordan", 10, 1)]
    [InlineData("deepseek-v4", 10, 1)]
    [InlineData("polar-express", 8, 1)]
    public void X_is_made_anew_before_rounding_errors_have_grown(string set, int steps, int restarts) =>
        Assert.Equal((restarts, 0), (GramNewtonSchulz.Restarts(CoefficientSets.Get(set), steps, sizeof(float)), GramNewtonSchulz.Restarts(CoefficientSets.Get(set), steps, sizeof(double))));

    // The first polynomial of the last two sets is so steep that a small error after two steps would leave where the others converge.
    [Theory]
    [InlineData("jordan", 3)]
    [InlineData("quintic", 2)]
    [InlineData("leloykun", 3)]
    [InlineData("polar-express", 1)]
    [InlineData("cans", 1)]
    public void In_bfloat16_the_first_stretch_is_as_long_as_its_errors_allow(string set, int stretch)
    {
        for (int step = 1; step <= stretch; step++) Assert.Equal(step == stretch, GramNewtonSchulz.RestartsBefore(CoefficientSets.Get(set), 5, 0, step, sizeof(float), Precision.Bfloat16));
    }

    [Fact]
    public void Without_making_X_anew_ten_steps_of_jordan_would_be_lost() =>
        Assert.True(GramNewtonSchulz.RestartsBefore(CoefficientSets.Jordan, 10, 0, 9, sizeof(float)) && !GramNewtonSchulz.RestartsBefore(CoefficientSets.Jordan, 10, 9, 9, sizeof(float)));

    [Theory]
    [InlineData(64, 96, true)]
    [InlineData(64, 95, false)]
    [InlineData(63, 500, false)]
    public void It_is_used_where_it_saves_work(int rows, int columns, bool gram)
    {
        Matrix<double> input = Sample.Gaussian(new Random(5), rows, columns);
        Matrix<double> chosen = Run(new CpuBackend(), NewtonSchulzForm.Auto, "jordan", 5, input), other = Run(new CpuBackend(), gram ? NewtonSchulzForm.Plain : NewtonSchulzForm.Gram, "jordan", 5, input);
        Assert.Equal(Run(new CpuBackend(), gram ? NewtonSchulzForm.Gram : NewtonSchulzForm.Plain, "jordan", 5, input), chosen);
        Assert.NotEqual(other, chosen);
    }

    private static Matrix<double> Run(IBackend backend, NewtonSchulzForm form, string set, int steps, Matrix<double> input) =>
        NewtonSchulzTests.Run(backend, new NewtonSchulz(CoefficientSets.Get(set), steps) { Form = form }, input);
}
