using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels;

public sealed class BroadcastTests
{
    public static TheoryData<BinaryOperation> Operations => [.. Enum.GetValues<BinaryOperation>()];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Binary_agrees_with_the_oracle(BinaryOperation operation)
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Drawn; seed++)
        {
            rig.Begin(seed);
            BroadcastLayout layout = RandomLayout(rig, out Shape left, out Shape right);
            rig.Begin(seed, $"{operation} {left} {right}");
            Check(rig, operation, layout, left, right, accumulate: seed % 2 == 0);
        }
    }

    [Fact]
    public void Binary_takes_every_small_matrix_with_rows_columns_and_scalars()
    {
        using var rig = new Rig();
        for (int rows = 1; rows <= 17; rows++)
        {
            for (int columns = 1; columns <= 17; columns++)
            {
                foreach (Shape other in (Shape[])[[rows, columns], [columns], [rows, 1], [], [1, 1]])
                {
                    rig.Begin(rows, $"({rows},{columns}) and {other}");
                    Check(rig, BinaryOperation.Subtract, BroadcastLayout.For([rows, columns], other)!.Value, [rows, columns], other, accumulate: false);
                    rig.Begin(rows, $"{other} and ({rows},{columns})");
                    Check(rig, BinaryOperation.Subtract, BroadcastLayout.For(other, [rows, columns])!.Value, other, [rows, columns], accumulate: true);
                }
            }
        }
    }

    [Fact]
    public void Binary_works_in_place_on_a_whole_operand()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed);
            (int rows, int columns) = rig.TwoSizes();
            Operand a = rig.Real(rows * columns), b = rig.Real(columns);
            BroadcastLayout layout = BroadcastLayout.For([rows, columns], [columns])!.Value;
            rig.Run<IElementwiseKernels>((k, at) => k.Binary(BinaryOperation.Multiply, layout, a[at], b[at], a[at], false));
            rig.Check(a);
        }
    }

    [Fact]
    public void The_adjoint_sums_and_the_expansion_repeats()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < 2 * Rig.Drawn; seed++)
        {
            rig.Begin(seed);
            BroadcastLayout layout = RandomLayout(rig, out Shape left, out Shape right);
            rig.Begin(seed, $"{left} {right}");
            bool accumulate = seed % 2 == 0;
            Operand whole = rig.Real(layout.Shape.Count), part = rig.Real(left.Count);
            rig.Run<IElementwiseKernels>((k, at) => k.ReduceToA(layout, 1.5, whole[at], part[at], accumulate));
            rig.Check(part, terms: 2.0 * layout.Shape.Count / left.Count);
            rig.Run<IElementwiseKernels>((k, at) => k.ExpandA(layout, -0.5, part[at], whole[at], accumulate));
            rig.Check(whole, terms: 2.0 * layout.Shape.Count / left.Count);
        }
    }

    private static void Check(Rig rig, BinaryOperation operation, BroadcastLayout layout, Shape left, Shape right, bool accumulate)
    {
        Operand a = rig.Real(left.Count), b = rig.Real(right.Count, 0.5, 2), y = rig.Real(layout.Shape.Count);
        rig.Run<IElementwiseKernels>((k, at) => k.Binary(operation, layout, a[at], b[at], y[at], accumulate));
        rig.Check(y);
    }

    /// <summary>A shape of up to five dimensions and about 20,000 elements, of which each operand lacks some.</summary>
    private static BroadcastLayout RandomLayout(Rig rig, out Shape left, out Shape right)
    {
        int rank = rig.Random.Next(1, Shape.MaxRank + 1);
        int[] a = new int[rank], b = new int[rank];
        long count = 1;
        for (int i = 0; i < rank; i++)
        {
            int size = rig.Size(small: count > 20);
            if (count * size > 40000) size = 2;
            count *= size;
            int kind = rig.Random.Next(4);
            (a[i], b[i]) = (kind == 1 ? 1 : size, kind == 2 ? 1 : size);
        }
        int skip = rig.Random.Next(rank);
        left = new Shape(a);
        right = rig.Random.Next(2) == 0 ? new Shape(b) : new Shape(b.AsSpan(skip));
        if (rig.Random.Next(2) == 0) (left, right) = (right, left);
        return BroadcastLayout.For(left, right)!.Value;
    }
}
