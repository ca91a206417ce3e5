using MiniGrad.Backends;

namespace MiniGrad.Tests.Kernels;

public sealed class NormalizationTests
{
    [Fact]
    public void LayerNorm_and_its_gradients_agree_with_the_oracle()
    {
        using var rig = new Rig();
        foreach ((int seed, int rows, int columns) in Shapes(rig))
        {
            bool accumulate = seed % 2 == 0, biased = seed % 3 != 0;
            long n = (long)rows * columns;
            Operand x = rig.Real(n, -1, 3), weight = rig.Real(columns), bias = rig.Real(columns), y = rig.Real(n), mean = rig.Real(rows), rstd = rig.Real(rows);
            Operand dY = rig.Real(n), dX = rig.Real(n), dWeight = rig.Real(columns), dBias = rig.Real(columns);
            rig.Run<INormalizationKernels>((k, at) => k.LayerNorm(rows, columns, 1e-3, x[at], weight[at], biased ? bias[at] : default, y[at], mean[at], rstd[at]));
            rig.Check(y, terms: 20);
            rig.Check(mean);
            rig.Check(rstd);
            rig.Run<INormalizationKernels>((k, at) => k.LayerNormBackward(rows, columns, x[at], weight[at], mean[at], rstd[at], dY[at], seed % 5 == 0 ? default : dX[at], accumulate, seed % 7 == 0 ? default : dWeight[at], accumulate, biased ? dBias[at] : default, !accumulate));
            rig.Check(dX, terms: 100);
            rig.Check(dWeight, terms: 4 * rows);
            rig.Check(dBias, terms: 2 * rows);
        }
    }

    [Fact]
    public void RmsNorm_and_its_gradients_agree_with_the_oracle()
    {
        using var rig = new Rig();
        foreach ((int seed, int rows, int columns) in Shapes(rig))
        {
            bool accumulate = seed % 2 == 0;
            long n = (long)rows * columns;
            Operand x = rig.Real(n), weight = rig.Real(columns), y = rig.Real(n), rstd = rig.Real(rows);
            Operand dY = rig.Real(n), dX = rig.Real(n), dWeight = rig.Real(columns);
            rig.Run<INormalizationKernels>((k, at) => k.RmsNorm(rows, columns, 1e-3, x[at], weight[at], y[at], rstd[at]));
            rig.Check(y);
            rig.Check(rstd);
            rig.Run<INormalizationKernels>((k, at) => k.RmsNormBackward(rows, columns, x[at], weight[at], rstd[at], dY[at], dX[at], accumulate, seed % 7 == 0 ? default : dWeight[at], accumulate));
            rig.Check(dX, terms: 100);
            rig.Check(dWeight, terms: 4 * rows);
        }
    }

    [Fact]
    public void Softmax_and_its_gradient_agree_with_the_oracle()
    {
        using var rig = new Rig();
        foreach ((int seed, int rows, int columns) in Shapes(rig))
        {
            long n = (long)rows * columns;
            Operand x = rig.Real(n, -10, 10), y = rig.Real(n), dY = rig.Real(n), dX = rig.Real(n);
            rig.Run<INormalizationKernels>((k, at) => k.Softmax(rows, columns, x[at], y[at]));
            rig.Check(y);
            rig.Run<INormalizationKernels>((k, at) => k.SoftmaxBackward(rows, columns, y[at], dY[at], dX[at], seed % 2 == 0));
            rig.Check(dX);
            rig.Run<INormalizationKernels>((k, at) => k.Softmax(rows, columns, x[at], x[at]));
            rig.Check(x);
        }
    }

    [Theory]
    [InlineData(0f, 0f, 1e-45f)]
    [InlineData(3e38f, -3e38f, 3e38f)]
    [InlineData(1000f, 1001f, -1000f)]
    [InlineData(float.NegativeInfinity, 1f, 2f)]
    [InlineData(float.NaN, 1f, 2f)]
    [InlineData(float.PositiveInfinity, 1f, 2f)]
    public void Softmax_of_special_values_is_the_oracles(float a, float b, float c)
    {
        using var rig = new Rig();
        for (int columns = 3; columns <= 40; columns++)
        {
            rig.Begin(columns);
            var row = new float[columns];
            Array.Fill(row, c);
            (row[columns / 2], row[columns - 1]) = (a, b);
            Operand x = rig.Real(row), y = rig.Real(columns);
            rig.Run<INormalizationKernels>((k, at) => k.Softmax(1, columns, x[at], y[at]));
            rig.Check(y);
        }
    }

    [Fact]
    public void A_constant_row_normalizes_to_the_bias_and_a_far_mean_costs_no_digits()
    {
        using var rig = new Rig();
        rig.Begin(0);
        Operand x = rig.Real([.. Enumerable.Repeat(3f, 33), .. Enumerable.Range(0, 33).Select(i => 4096f + i % 3)]), one = rig.Real(33, 1, 1), zero = rig.Real(33, 0, 0), y = rig.Real(66), mean = rig.Real(2), rstd = rig.Real(2);
        rig.Run<INormalizationKernels>((k, at) => k.LayerNorm(2, 33, 1e-5, x[at], one[at], zero[at], y[at], mean[at], rstd[at]));
        rig.Check(y, terms: 10);
        Assert.All(y.Read(1)[..33], value => Assert.Equal(0, value));
    }

    private static IEnumerable<(int Seed, int Rows, int Columns)> Shapes(Rig rig)
    {
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed);
            (int rows, int columns) = rig.TwoSizes();
            rig.Begin(seed, $"{new Shape(rows, columns)}");
            yield return (seed, rows, columns);
        }
    }
}
