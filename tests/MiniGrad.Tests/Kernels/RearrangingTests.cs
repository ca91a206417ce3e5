using MiniGrad.Backends;

namespace MiniGrad.Tests.Kernels;

public sealed class RearrangingTests
{
    [Fact]
    public void Permute_agrees_with_the_oracle()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < 2 * Rig.Drawn; seed++)
        {
            rig.Begin(seed);
            int rank = rig.Random.Next(1, Shape.MaxRank + 1);
            int[] sizes = new int[rank], order = [.. Enumerable.Range(0, rank)];
            rig.Random.Shuffle(order);
            long count = 1;
            for (int i = 0; i < rank; i++)
            {
                sizes[i] = rig.Size(small: count > 1000);
                if (count * sizes[i] > 100_000) sizes[i] = 1;
                count *= sizes[i];
            }
            Check(rig, seed, sizes, order, accumulate: seed % 2 == 0);
        }
    }

    [Fact]
    public void Transpose_takes_every_small_matrix()
    {
        using var rig = new Rig();
        for (int rows = 1; rows <= 17; rows++)
        {
            for (int columns = 1; columns <= 17; columns++) Check(rig, 0, [rows, columns], [1, 0], accumulate: rows % 2 == 0);
        }
    }

    [Fact]
    public void SwiGlu_and_its_gradients_agree_with_the_oracle()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed);
            (int rows, int columns) = rig.TwoSizes();
            int leading = seed % 3 == 0 ? columns : 2 * columns + seed % 2;
            bool accumulate = seed % 2 == 0;
            long extent = (long)(rows - 1) * leading + columns;
            Operand gate = rig.Real(extent, -6, 6), up = rig.Real(extent), y = rig.Real((long)rows * columns), dY = rig.Real((long)rows * columns), dGate = rig.Real(extent), dUp = rig.Real(extent);
            rig.Run<IElementwiseKernels>((k, at) => k.SwiGlu(rows, columns, leading, gate[at], up[at], y[at]));
            rig.Check(y);
            rig.Run<IElementwiseKernels>((k, at) => k.SwiGluBackward(rows, columns, leading, gate[at], up[at], dY[at], dGate[at], dUp[at], accumulate));
            rig.Check(dGate, terms: 4);
            rig.Check(dUp, terms: 4);
        }
    }

    private static void Check(Rig rig, int seed, int[] sizes, int[] order, bool accumulate)
    {
        var shape = new Shape(sizes);
        rig.Begin(seed, $"{shape} by {string.Join(',', order)}");
        Operand x = rig.Real(shape.Count), y = rig.Real(shape.Count);
        rig.Run<IElementwiseKernels>((k, at) => k.Permute(shape, order, x[at], y[at], accumulate));
        rig.Check(y, tolerance: 1e-7);
    }
}
