using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Ops;

public sealed class MatMulTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (Shape[] pair in (Shape[][])[[[1, 1], [1, 1]], [[3, 4], [4, 5]], [[1, 7], [7, 1]], [[5, 1], [1, 3]], [[2, 3, 4], [4, 5]], [[2, 3, 4], [2, 4, 5]], [[2, 1, 3, 2], [2, 1, 2, 4]], [[1, 1, 3], [1, 3, 2]]])
        {
            yield return GradientCase.Of("a·b", pair, x => x[0].MatMul(x[1]));
        }
        foreach (Shape[] pair in (Shape[][])[[[3, 4], [5, 4]], [[1, 7], [1, 7]], [[2, 3, 4], [5, 4]], [[2, 3, 4], [2, 5, 4]]])
        {
            yield return GradientCase.Of("a·bᵀ", pair, x => x[0].MatMul(x[1], transposeB: true));
        }
        foreach (Shape[] pair in (Shape[][])[[[4, 3], [4, 5]], [[7, 1], [7, 1]], [[2, 4, 3], [2, 4, 5]]])
        {
            yield return GradientCase.Of("aᵀ·b", pair, x => x[0].MatMul(x[1], transposeA: true));
        }
        yield return GradientCase.Of("aᵀ·bᵀ", [[4, 3], [5, 4]], x => x[0].MatMul(x[1], transposeA: true, transposeB: true));
        yield return GradientCase.Of("aᵀ·bᵀ", [[2, 4, 3], [2, 5, 4]], x => x[0].MatMul(x[1], transposeA: true, transposeB: true));
        yield return GradientCase.Of("x·xᵀ", [[3, 4]], x => x[0].MatMul(x[0], transposeB: true));
        yield return GradientCase.Of("x·x", [[3, 3]], x => x[0].MatMul(x[0]));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_batch_of_products_equals_the_sums(bool transposeA, bool transposeB)
    {
        const int Batch = 3, M = 4, N = 5, K = 2;
        double[] a = TestData.Uniform(1, Batch * M * K), b = TestData.Uniform(2, Batch * K * N), expected = new double[Batch * M * N];
        for (int s = 0; s < Batch; s++)
        {
            for (int i = 0; i < M; i++)
            {
                for (int j = 0; j < N; j++)
                {
                    for (int k = 0; k < K; k++)
                    {
                        double left = a[s * M * K + (transposeA ? k * M + i : i * K + k)], right = b[s * K * N + (transposeB ? j * K + k : k * N + j)];
                        expected[(s * M + i) * N + j] += left * right;
                    }
                }
            }
        }
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor y = context.Tensor(transposeA ? [Batch, K, M] : [Batch, M, K], a).MatMul(context.Tensor(transposeB ? [Batch, N, K] : [Batch, K, N], b), transposeA, transposeB);
        Assert.Equal(new Shape(Batch, M, N), y.Shape);
        TestData.Close(expected, y);
    }

    [Fact]
    public void One_right_operand_serves_a_whole_batch()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor y = context.Tensor([2, 1, 2], [1.0, 2, 3, 4]).MatMul(context.Tensor([2, 2], [1.0, 10, 100, 1000]));
        Assert.Equal(new Shape(2, 1, 2), y.Shape);
        TestData.Close([201, 2010, 403, 4030], y);
    }

    [Fact]
    public void An_empty_inner_size_gives_zeros_and_empty_outer_sizes_an_empty_result()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        TestData.Close([0, 0, 0, 0, 0, 0], context.Full([2, 0], 1).MatMul(context.Full([0, 3], 1)));
        Assert.Equal(new Shape(0, 3), context.Full([0, 2], 1).MatMul(context.Full([2, 3], 1)).Shape);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named_with_the_fix()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor a = context.Full([3, 4], 1), b = context.Full([5, 6], 1), wide = context.Full([5, 4], 1), tall = context.Full([3, 5], 1);
        Tensor batch = context.Full([2, 3, 4], 1), otherBatch = context.Full([3, 4, 5], 1), vector = context.Full([4], 1);

        TestData.Refused(() => a.MatMul(b), "matmul: shapes (3,4) and (5,6) do not fit", "inner sizes 4 and 5 must be equal");
        TestData.Refused(() => a.MatMul(wide), "did you mean transposeB: true?");
        TestData.Refused(() => a.MatMul(tall), "did you mean transposeA: true?");
        TestData.Refused(() => a.MatMul(context.Full([4, 3], 1), transposeB: true), "did you mean transposeB: false?");
        TestData.Refused(() => a.MatMul(vector), "(3,4) and (4)", "reshape a vector");
        TestData.Refused(() => batch.MatMul(otherBatch), "(2,3,4) and (3,4,5)", "sizes before the last two must be equal");
        TestData.Refused(() => batch.MatMul(context.Full([3, 2], 1), transposeA: true), "a not transposed");
    }
}
