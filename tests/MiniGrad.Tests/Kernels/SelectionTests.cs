using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels;

public sealed class SelectionTests
{
    [Fact]
    public void The_largest_along_a_dimension()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed);
            (int outer, int axis) = rig.TwoSizes();
            int inner = seed % 3 == 0 ? 1 + (seed % 5) : 1;
            // Few values, so that some are equal.
            Operand x = rig.Real([.. Enumerable.Range(0, outer * axis * inner).Select(_ => (float)rig.Random.Next(-3, 4))]), y = rig.Real(outer * inner), chosen = rig.Real(outer * axis * inner);
            rig.Run<ISelectionKernels>((k, at) => k.MaxAxis(outer, axis, inner, x[at], seed % 4 == 1 ? default : y[at], chosen[at], default));
            rig.Check(y);
            rig.Check(chosen);
        }
    }

    [Theory]
    [InlineData(Comparison.Greater)]
    [InlineData(Comparison.GreaterOrEqual)]
    [InlineData(Comparison.Equal)]
    public void Comparisons_with_broadcasting(Comparison comparison)
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed, $"{comparison}");
            (int rows, int columns) = rig.TwoSizes();
            Shape other = seed % 3 == 0 ? [columns] : seed % 3 == 1 ? [rows, 1] : [rows, columns];
            Operand a = Few(rows * columns), b = Few(other.Count), y = rig.Real(rows * columns);
            rig.Run<ISelectionKernels>((k, at) => k.Compare(comparison, BroadcastLayout.For([rows, columns], other)!.Value, a[at], b[at], y[at]));
            rig.Check(y);
        }

        Operand Few(long count) => rig.Real([.. Enumerable.Range(0, (int)count).Select(_ => rig.Random.Next(9) == 0 ? float.NaN : rig.Random.Next(-2, 3))]);
    }

    [Fact]
    public void One_or_the_other()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed);
            (int rows, int columns) = rig.TwoSizes();
            int count = rows * columns;
            Operand condition = rig.Real([.. Enumerable.Range(0, count).Select(_ => rig.Random.Next(3) == 0 ? 0f : rig.Random.Next(9) == 0 ? float.NaN : -1)]), a = rig.Real(count), b = rig.Real(count), y = rig.Real(count);
            rig.Run<ISelectionKernels>((k, at) => k.Select(condition[at], seed % 4 == 1 ? default : a[at], seed % 4 == 2 ? default : b[at], y[at]));
            rig.Check(y);
        }
    }
}
