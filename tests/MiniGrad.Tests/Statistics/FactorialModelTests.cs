using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Statistics;

public sealed class FactorialModelTests
{
    // Combinations of three factors, the first one changing least often, and three seeds.
    private static readonly double[][] Losses =
    [
        [1.5, 1.510822, 1.54912], [1.542822, 1.589787, 1.608403], [1.574412, 1.59, 1.634242], [1.528242, 1.569812, 1.582998],
        [1.549269, 1.570772, 1.619823], [1.513006, 1.548259, 1.557353], [1.72498, 1.753076, 1.805418], [1.796733, 1.825251, 1.831919],
    ];

    // By least squares in numpy; Student's quantiles by integrating its density.
    [Theory]
    [InlineData("0", 0.1095999167, 0.0045075725, 0.0999321352, 0.1192676982)]
    [InlineData("1", 0.1298039167, 0.0045075725, 0.1201361352, 0.1394716982)]
    [InlineData("2", 0.0093875833, 0.0045075725, -0.0002801982, 0.0190553648)]
    [InlineData("0 1", 0.2000238333, 0.0090151450, 0.1806882704, 0.2193593963)]
    [InlineData("0 2", -0.0023808333, 0.0090151450, -0.0217163963, 0.0169547296)]
    [InlineData("1 2", -0.0011661667, 0.0090151450, -0.0205017296, 0.0181693963)]
    [InlineData("0 1 2", 0.1967823333, 0.0180302900, 0.1581112074, 0.2354534593)]
    public void Effects_and_intervals_are_numpy_s(string factors, double difference, double error, double lower, double upper)
    {
        Effect effect = FactorialModel.Of(Cells(Losses)).Single(e => string.Join(' ', e.Factors) == factors);
        Assert.Equal((14, 3, true), (effect.Test.Freedom, effect.Test.N, effect.Test.Pooled));
        Assert.Equal([difference, error, lower, upper], [effect.Test.Difference, effect.Test.Error, effect.Test.Lower, effect.Test.Upper], (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void An_interaction_is_the_difference_of_two_effects()
    {
        // With the second factor the first one costs 0.237, without it 0.041; nothing else matters.
        double[][] losses = [.. Enumerable.Range(0, 4).Select(i => Enumerable.Range(0, 3).Select(s => 1.4 + 0.02 * s + ((i & 2) != 0 ? (i & 1) != 0 ? 0.237 : 0.041 : 0) + 1e-4 * Math.Sin(7 * i + s)).ToArray())];
        IReadOnlyList<Effect> effects = FactorialModel.Of(Cells(losses));
        Assert.Equal(["0", "1", "0 1"], effects.Select(e => string.Join(' ', e.Factors)));
        Assert.Equal(0.196, effects[2].Test.Difference, 5e-4);
        Assert.Equal((0.237 + 0.041) / 2, effects[0].Test.Difference, 5e-4);
    }

    [Fact]
    public void Where_variances_differ_an_effect_has_the_error_of_its_own_values()
    {
        // One combination scatters a hundred times as much as the others.
        double[][] losses = [.. Losses[..7], [1.2, 2.4, 1.8]];
        Effect effect = FactorialModel.Of(Cells(losses))[0];
        double[] bySeed = [.. Enumerable.Range(0, 3).Select(s => losses[4..].Average(own => own[s]) - losses[..4].Average(own => own[s]))];
        PairedT own = PairedT.Test(bySeed, new double[3])!;
        Assert.Equal((false, 2), (effect.Test.Pooled, effect.Test.Freedom));
        Assert.Equal([own.Difference, own.Error], [effect.Test.Difference, effect.Test.Error], (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void What_is_no_factorial_or_did_not_end_has_no_effects()
    {
        Assert.Empty(FactorialModel.Of(Cells([.. Losses[..7], [1.4, double.NaN, 1.5]])));
        Assert.Empty(FactorialModel.Of(Cells([.. Losses.Select(own => own[..1])])));
        Assert.Empty(FactorialModel.Of(Cells([.. Losses.Select(_ => new double[] { 1, 2, 3 })])));
        Assert.Throws<ArgumentException>(() => FactorialModel.Of([.. Cells(Losses).Take(7)]));
        Assert.Throws<ArgumentException>(() => FactorialModel.Of([.. Cells(Losses).Take(7), Cells(Losses)[0]]));
    }

    [Fact]
    public void A_design_whose_columns_follow_from_each_other_is_refused() =>
        Assert.Throws<ArgumentException>(() => LinearModel.Fit(Matrix<double>.Build.DenseOfRowArrays([1, 2], [2, 4], [3, 6]), Vector<double>.Build.Dense([1, 2, 3])));

    [Fact]
    public void Intervals_of_interactions_cover_95_of_100()
    {
        const int Factors = 4, Seeds = 3;
        const ulong Seed = 20251202;
        int simulations = Environment.GetEnvironmentVariable("MINIGRAD_TESTS") == "full" ? 3000 : 300, covered = 0, total = 0;
        var equalVariances = BrownForsythe.For(1 << Factors, Seeds);
        float[] noise = new float[(1 << Factors) * Seeds];
        for (int simulation = 0; simulation < simulations; simulation++)
        {
            new CounterRandom(Seed, (ulong)simulation).FillNormal(noise);
            // The truth: an interaction of 2 between the first two factors.
            double[][] values = [.. Enumerable.Range(0, 1 << Factors).Select(i => Enumerable.Range(0, Seeds).Select(s => 5.0 * s + noise[i * Seeds + s] + (i >> 2 == 3 ? 2 : 0)).ToArray())];
            foreach (Effect effect in FactorialModel.Of(Cells(values), equalVariances).Where(e => e.Factors.Count == 2))
            {
                double truth = effect.Factors.SequenceEqual([0, 1]) ? 2 : 0;
                covered += effect.Test.Lower <= truth && truth <= effect.Test.Upper ? 1 : 0;
                total++;
            }
        }
        Assert.True(covered >= 0.93 * total && covered <= 0.97 * total, $"seed {Seed}: {covered} of {total} intervals hold the interaction");
    }

    private static (IReadOnlyList<bool> Levels, double[] Values)[] Cells(double[][] values)
    {
        int factors = (int)Math.Log2(values.Length);
        return [.. values.Select((own, i) => ((IReadOnlyList<bool>)[.. Enumerable.Range(0, factors).Select(f => (i >> (factors - 1 - f) & 1) == 1)], own))];
    }
}
