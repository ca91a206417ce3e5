using MiniGrad.Backends;

namespace MiniGrad.Tests.Kernels;

public sealed class ReductionTests
{
    [Fact]
    public void SumAxis_agrees_with_the_oracle()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Drawn; seed++)
        {
            rig.Begin(seed);
            (int axis, int inner) = rig.TwoSizes();
            SumAxis(rig, rig.Size(small: true), axis, seed % 3 == 0 ? 1 : inner, seed % 2 == 0);
        }
        for (int axis = 1; axis <= 17; axis++)
        {
            for (int inner = 1; inner <= 17; inner++)
            {
                rig.Begin(axis, $"axis {axis} inner {inner}");
                SumAxis(rig, 3, axis, inner, accumulate: false);
            }
        }
    }

    [Theory]
    [InlineData(1, 40_000, 1)]
    [InlineData(3, 20_001, 1)]
    [InlineData(1, 20_000, 3)]
    [InlineData(2, 7, 20_001)]
    public void Long_sums_agree_with_the_oracle(int outer, int axis, int inner)
    {
        using var rig = new Rig();
        rig.Begin(1);
        SumAxis(rig, outer, axis, inner, accumulate: true);
    }

    [Fact]
    public void Dot_and_norm_agree_with_the_oracle()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed);
            (int rows, int columns) = rig.TwoSizes();
            Operand x = rig.Real(rows * columns), y = rig.Real(rows * columns), dot = rig.Real(1), norm = rig.Real(1);
            rig.Run<IReductionKernels>((k, at) => k.Dot(x[at], y[at], dot[at]));
            rig.Check(dot, terms: rows * columns);
            rig.Run<IReductionKernels>((k, at) => k.Norm(x[at], norm[at]));
            rig.Check(norm);
        }
    }

    [Theory]
    [InlineData(1e-45)]
    [InlineData(1e-38)]
    [InlineData(1e-30)]
    [InlineData(3e-15)]
    [InlineData(3e-13)]
    [InlineData(1e15)]
    [InlineData(3e18)]
    [InlineData(1e34)]
    public void Norm_neither_underflows_nor_overflows(double scale)
    {
        using var rig = new Rig();
        foreach (int length in (int[])[1, 5, 4096, 20_000])
        {
            rig.Begin(length);
            Operand x = rig.Real(length, 2 * scale, 3 * scale), norm = rig.Real(1);
            rig.Run<IReductionKernels>((k, at) => k.Norm(x[at], norm[at]));
            double expected = norm.Read(0)[0];
            Assert.InRange(norm.Read(1)[0], expected * (1 - 1e-6) - float.Epsilon, expected * (1 + 1e-6) + float.Epsilon);
            rig.Check(norm);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Norm_and_dot_show_what_is_not_finite(float value)
    {
        using var rig = new Rig();
        foreach (int at in (int[])[0, 7, 4095, 4096, 19_999])
        {
            rig.Begin(at);
            var values = new float[20_000];
            values[3] = 1;
            values[at] = value;
            Operand x = rig.Real(values), norm = rig.Real(1);
            rig.Run<IReductionKernels>((k, b) => k.Norm(x[b], norm[b]));
            Assert.Equal(Math.Abs((double)value), norm.Read(1)[0]);
            Assert.Equal(Math.Abs((double)value), norm.Read(2)[0]);
        }
    }

    [Fact]
    public void The_norm_of_zeros_is_zero()
    {
        using var rig = new Rig();
        rig.Begin(0);
        Operand x = rig.Real(new float[9000]), norm = rig.Real(1);
        rig.Run<IReductionKernels>((k, at) => k.Norm(x[at], norm[at]));
        Assert.Equal(0, norm.Read(1)[0]);
    }

    private static void SumAxis(Rig rig, int outer, int axis, int inner, bool accumulate)
    {
        Operand x = rig.Real((long)outer * axis * inner), y = rig.Real(outer * inner);
        rig.Run<IReductionKernels>((k, at) => k.SumAxis(outer, axis, inner, 0.5, x[at], y[at], accumulate));
        rig.Check(y, terms: 0.5 * axis);
    }
}
