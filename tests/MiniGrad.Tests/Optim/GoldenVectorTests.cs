using MathNet.Numerics.LinearAlgebra;

namespace MiniGrad.Tests.Optim;

/// <summary>Small examples worked out in float64, to all digits given.</summary>
public sealed class GoldenVectorTests
{
    private const double Digits = 6e-10;
    private static readonly Matrix<double> G = Of([1, 2, -3], [4, -5, 6]);
    private static readonly Matrix<double> G2 = Of([0.5, -1, 2], [-3, 100, 1]);
    private static readonly NewtonSchulz Jordan = new(CoefficientSets.Jordan, 5);

    private static Matrix<double> Of(params double[][] rows) => Matrix<double>.Build.DenseOfRowArrays(rows);

    private static void AssertDigits(Matrix<double> expected, Matrix<double> actual) => NewtonSchulzTests.AssertClose(expected, actual, Digits, "digits");

    [Fact]
    public void The_exact_polar_factor_is_reached_by_the_classic_set_and_by_the_decomposition()
    {
        Matrix<double> polar = Of([.748372105, .301832766, -.590623546], [.649623664, -.513301719, .560812304]);
        AssertDigits(polar, NewtonSchulzTests.Run(NewtonSchulzTests.Exact, G));
        AssertDigits(polar, NewtonSchulzTests.Run(new ExactPolar(), G));
        Assert.Equal([9.225027715260929, 2.428757635637558], Sample.Svd(G).S.Select(sigma => Math.Round(sigma, 12)), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Five_steps_of_jordan()
    {
        Matrix<double> o = NewtonSchulzTests.Run(Jordan, G);
        AssertDigits(Of([.515020879, .218470812, -.421349020], [.468155892, -.382302128, .421305434]), o);
        Assert.Equal(1.016530434, o.FrobeniusNorm(), Digits);
        Assert.Equal(8.527976376, G.PointwiseMultiply(o).Enumerate().Sum(), 6e-9);
        AssertDigits(Of([.484923159, .567171486, -.567171486], [.484923159, -.567171486, .567171486]), NewtonSchulzTests.Run(Jordan, G.PointwiseSign()));
    }

    [Fact]
    public void Five_steps_of_quintic() =>
        AssertDigits(Of([.726255840, .304105646, -.588666858], [.652380755, -.528374436, .581045967]), NewtonSchulzTests.Run(new NewtonSchulz(CoefficientSets.Get("quintic"), 5), G));

    [Fact]
    public void A_matrix_of_rank_one()
    {
        AssertDigits(Of([.139287286, .278574572], [.278574572, .557149144]), NewtonSchulzTests.Run(Jordan, Of([1, 2], [2, 4])));
        Matrix<double> refused = NewtonSchulzTests.Run(new NewtonSchulz(CoefficientSets.Get("aol-nvidia"), 4), Of([1, 2], [2, 4]));
        Assert.Equal(-.9935, refused.Trace(), 5e-5);
    }

    [Fact]
    public void Two_steps_of_adamuon()
    {
        Matrix<double>[] u = Rig.Updates(Rig.Options("adamuon"), G, G2);
        Matrix<double> first = Of([.2, .2, -.2], [.2, -.2, .2]);
        NewtonSchulzTests.AssertClose(first, u[0], 1e-7, "every entry but for ε");
        AssertDigits(Of([.214595369, .200040236, -.184208391], [.214595369, .200040236, .184208391]), u[1]);
    }

    [Fact]
    public void Two_steps_of_the_authors_code()
    {
        Matrix<double>[] u = Rig.Updates(Rig.Options("adamuon-repo"), G, G2);
        AssertDigits(Of([.214595369, -.200040236, .184208391], [-.214595369, .200040236, .184208391]), u[1]);
    }

    [Fact]
    public void Without_second_moment() =>
        AssertDigits(Of([.179220773, .209618597, -.209618597], [.179220773, -.209618597, .209618597]), Rig.Updates(Rig.Options("adamuon", "secondMoment=none"), G)[0]);

    [Fact]
    public void Without_sign() =>
        AssertDigits(Of([.277951631, .047678316, -.247238419], [.000203860, .311986051, .044805081]), Rig.Updates(Rig.Options("adamuon", "sign=false"), G, G2)[1]);

    [Theory]
    [InlineData("jordan", 4.375758781, 6e-10)]
    [InlineData("quintic", 4.313527, 6e-7)]
    public void Nvidias_has_neither_sign_nor_alignment(string coefficients, double rms, double digits)
    {
        OptimizerOptions options = Rig.Options("nvidia-adamuon", $"orthogonalizer.coefficients={coefficients}");
        if (coefficients == "jordan") options = options.With(["orthogonalizer.normalization=add", "orthogonalizer.epsilon=1e-7"]);
        Matrix<double>[] u = Rig.Updates(options, G, G2);
        Assert.All(u[0].Enumerate(), value => Assert.Equal(7.745966, Math.Abs(value), 6e-6));
        Assert.Equal(rms, u[1].FrobeniusNorm() / Math.Sqrt(6), digits);
    }

    [Fact]
    public void A_gradient_of_ones() =>
        NewtonSchulzTests.AssertClose(Matrix<double>.Build.Dense(2, 3, .2), Rig.Updates(Rig.Options("adamuon"), Matrix<double>.Build.Dense(2, 3, 1))[0], 1e-7, "ones");
}
