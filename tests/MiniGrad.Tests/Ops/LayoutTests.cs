using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Ops;

/// <summary>Reshape and Permute.</summary>
public sealed class LayoutTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach ((Shape from, Shape to) in ((Shape, Shape)[])[([], [1, 1]), ([1], []), ([6], [2, 3]), ([2, 3, 5], [5, 6]), ([3, 1, 2], [6]), ([4, 4], [2, 2, 2, 2])])
        {
            yield return GradientCase.Of($"reshape to {to}", [from], x => x[0].Reshape(to));
            yield return GradientCase.Of($"reshape to {to} beside the original", [from], x => x[0].Reshape(to).Sum() * x[0]);
        }
        foreach ((Shape shape, int[] order) in ((Shape, int[])[])[([1], [0]), ([3, 4], [1, 0]), ([2, 3, 5], [2, 0, 1]), ([2, 3, 5], [1, 2, 0]), ([2, 1, 3, 2], [3, 1, 0, 2]), ([2, 1, 3, 2, 2], [4, 2, 0, 3, 1]), ([2, 3], [0, 1])])
        {
            yield return GradientCase.Of($"permute {string.Join(",", order)}", [shape], x => x[0].Permute(order));
        }
    }

    [Fact]
    public void Reshape_shares_the_data_and_fills_in_one_size()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor x = context.Tensor([2, 6], TestData.Uniform(1, 12));
        Tensor y = x.Reshape(3, -1);
        Assert.Equal(new Shape(3, 4), y.Shape);
        Assert.Equal(x.Data, y.Data);
        Assert.Equal(new Shape(12), x.Reshape(-1).Shape);
        Assert.Equal(new Shape(0, 5), context.Full([5, 0], 1).Reshape(0, 5).Shape);
    }

    [Fact]
    public void Permute_reorders_by_index()
    {
        double[] x = TestData.Uniform(1, 24), expected = new double[24];
        for (int i = 0; i < 2; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                for (int k = 0; k < 4; k++) expected[(k * 2 + i) * 3 + j] = x[(i * 3 + j) * 4 + k];
            }
        }
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor y = context.Tensor([2, 3, 4], x).Permute(2, 0, 1);
        Assert.Equal(new Shape(4, 2, 3), y.Shape);
        TestData.Close(expected, y);
        Assert.Equal(y.ToDoubleArray(), context.Tensor([2, 3, 4], x).Permute(-1, -3, -2).ToDoubleArray());
    }

    [Fact]
    public void Transpose_exchanges_two_dimensions()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor x = context.Tensor([2, 3], [1.0, 2, 3, 4, 5, 6]);
        TestData.Close([1, 4, 2, 5, 3, 6], x.Transpose());
        Assert.Equal(new Shape(4, 3, 2), context.Full([2, 3, 4], 1).Transpose(0, 2).Shape);
    }

    [Fact]
    public void Bad_sizes_and_orders_are_named()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor x = context.Full([2, 3], 1);
        TestData.Refused(() => x.Reshape(4, 2), "reshape: shapes (2,3) and (4,2) do not fit", "6 elements cannot fill 8");
        TestData.Refused(() => x.Reshape(4, -1), "reshape: shape (2,3) does not fit", "runs of 4");
        TestData.Refused(() => x.Reshape(-1, -1), "negative");
        TestData.Refused(() => x.Reshape(1, 1, 1, 1, 1, -1), "at most 5");
        TestData.Refused(() => x.Permute(0), "permute: shape (2,3) does not fit", "the order has 1 entries");
        TestData.Refused(() => x.Permute(0, 0), "names dimension 0 twice");
        TestData.Refused(() => x.Permute(0, 2), "no dimension 2");
        TestData.Refused(() => context.Full([3], 1).Transpose(), "permute: shape (3)", "no dimension -2");
    }
}
