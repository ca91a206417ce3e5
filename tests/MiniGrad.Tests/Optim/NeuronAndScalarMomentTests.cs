using MathNet.Numerics.LinearAlgebra;

namespace MiniGrad.Tests.Optim;

/// <summary>NorMuon's and NAMO's second moments.</summary>
public sealed class NeuronAndScalarMomentTests
{
    public static TheoryData<int> Seeds => Sample.Seeds;

    [Theory]
    [Trait("Property", "33")]
    [MemberData(nameof(Seeds))]
    public void Dividing_by_rows_keeps_the_norm(int seed)
    {
        var sample = new Sample(seed);
        foreach (string preset in new[] { "normuon", "nvidia-normuon" })
        {
            OptimizerOptions options = Rig.Options(preset, "scale=none");
            Matrix<double>[] with = Rig.Updates(options, sample.Values, sample.Next), without = Rig.Updates(options with { SecondMoment = SecondMoment.None }, sample.Values, sample.Next);
            for (int step = 0; step < 2; step++) Assert.Equal(without[step].FrobeniusNorm(), with[step].FrobeniusNorm(), 1e-10 * without[step].FrobeniusNorm());
        }
    }

    [Theory]
    [Trait("Property", "33")]
    [InlineData("rows", 7, 4, 7)]
    [InlineData("columns", 7, 4, 4)]
    [InlineData("auto", 7, 4, 7)]
    [InlineData("auto", 4, 7, 7)]
    [InlineData("auto", 5, 5, 5)]
    public void There_is_one_moment_per_row_or_column(string axis, int rows, int columns, int count)
    {
        Matrix<double> g = Sample.Gaussian(new Random(1), rows, columns);
        using Rig rig = Rig.Single(Rig.Options("normuon", $"secondMomentAxis={axis}"), g);
        rig.Step(g);
        Assert.Equal(count, rig.State("w/secondMoment").Length);
    }

    [Fact]
    [Trait("Property", "33")]
    public void The_scale_comes_after_the_moment()
    {
        var sample = new Sample(1);
        double[] Moment(string preset, string scale)
        {
            using Rig rig = Rig.Single(Rig.Options(preset, $"scale={scale}"), sample.Weights);
            rig.Step(sample.Values);
            return rig.State("w/secondMoment");
        }
        foreach (string preset in new[] { "normuon", "adamuon", "nvidia-namo" })
        {
            double[] plain = Moment(preset, "none");
            foreach (string scale in new[] { "shape", "spectral", "rms-align" }) Assert.Equal(plain, Moment(preset, scale));
        }
    }

    [Theory]
    [Trait("Property", "34")]
    [MemberData(nameof(Seeds))]
    public void Namo_begins_with_a_factor_of_one(int seed)
    {
        var sample = new Sample(seed);
        if (sample.Kind == "tiny") return;
        const double Eta = 1e-3;
        using Rig rig = Rig.Single(Rig.Options("namo", "nesterov=false", "weightDecay=0.1") with { LearningRate = Eta }, sample.Weights);
        Matrix<double> o = Rig.Updates(Rig.Options("muon", "nesterov=false", "scale=none"), sample.Values)[0];
        Matrix<double> expected = ((1 - (Eta * 0.1)) * sample.Weights) - (Eta * 0.2 * Math.Sqrt(Math.Max(sample.Rows, sample.Columns)) * o);
        NewtonSchulzTests.AssertClose(expected, rig.Step(sample.Values), 1e-7, $"{sample}");
    }
}
