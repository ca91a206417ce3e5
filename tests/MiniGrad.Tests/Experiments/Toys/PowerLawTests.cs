using MiniGrad.Experiments.Theory;

namespace MiniGrad.Tests.Experiments.Toys;

/// <summary>The fit of exponents, on laws whose exponent is known.</summary>
public sealed class PowerLawTests
{
    [Theory]
    [InlineData(-0.5, 3)]
    [InlineData(1, 1e-6)]
    [InlineData(2, 40)]
    [InlineData(0, 7)]
    public void The_slope_is_the_exponent(double exponent, double factor)
    {
        double[] x = [.. PowerLaw.Spaced(3, 50_000, 40).Select(t => (double)t)];
        Assert.Equal(exponent, PowerLaw.Slope(x, [.. x.Select(t => factor * Math.Pow(t, exponent))]), 1e-12);
    }

    [Fact]
    public void Factors_that_alternate_around_a_law_hardly_move_its_slope()
    {
        double[] x = [.. Enumerable.Range(0, 101).Select(i => Math.Pow(1.1, i))];
        double[] y = [.. x.Select((t, i) => Math.Pow(t, -0.5) * (i % 2 == 0 ? 1.2 : 1 / 1.2))];
        Assert.InRange(PowerLaw.Slope(x, y), -0.501, -0.499);
    }

    [Fact]
    public void Spaced_steps_ascend_from_the_first_to_the_last()
    {
        int[] steps = PowerLaw.Spaced(1, 1000, 160);
        Assert.Equal((1, 1000), (steps[0], steps[^1]));
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    [Fact]
    public void One_x_has_no_slope() => Assert.Contains("at least two different x", Assert.Throws<ArgumentException>(() => PowerLaw.Slope([2, 2], [1, 3])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_interval_of_an_exponent_is_student_s()
    {
        // n = 3, mean 2, standard deviation 1: 2 ± 4.302653/√3.
        (double lower, double upper) = new SlopeCheck("", TheoryRecord.Exact, 0, [1, 2, 3]).Interval!.Value;
        Assert.Equal(2 - 4.302653 / Math.Sqrt(3), lower, 1e-5);
        Assert.Equal(2 + 4.302653 / Math.Sqrt(3), upper, 1e-5);
    }
}
