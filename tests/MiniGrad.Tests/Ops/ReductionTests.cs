using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Ops;

/// <summary>Sum and Mean.</summary>
public sealed class ReductionTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (Shape shape in (Shape[])[[], [1], [7], [3, 1], [2, 3, 5], [2, 1, 3, 2, 2]])
        {
            yield return GradientCase.Of("sum", [shape], x => x[0].Sum());
            yield return GradientCase.Of("mean", [shape], x => x[0].Mean());
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                int dimension = axis;
                yield return GradientCase.Of($"sum over {axis}", [shape], x => x[0].Sum(dimension));
                yield return GradientCase.Of($"mean over {axis}", [shape], x => x[0].Mean(dimension, keepDims: true));
            }
        }
    }

    [Fact]
    public void Sums_and_means_over_everything_and_over_one_dimension()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor x = context.Tensor([2, 3], [1.0, 2, 3, 10, 20, 30]);
        Assert.Equal(66, x.Sum().Item());
        Assert.Equal(11, x.Mean().Item());
        Assert.Equal(new Shape(), x.Sum().Shape);
        TestData.Close([11, 22, 33], x.Sum(0));
        TestData.Close([6, 60], x.Sum(-1));
        TestData.Close([2, 20], x.Mean(1));
        Assert.Equal(new Shape(2, 1), x.Mean(1, keepDims: true).Shape);
        Assert.Equal(new Shape(3), x.Sum(0).Shape);
    }

    [Fact]
    public void Nothing_sums_to_zero_and_has_no_mean()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Parameter empty = context.Parameter("empty", [2, 0], ParameterRole.HiddenMatrix);
        using StepScope step = context.BeginStep();
        TestData.Close([0, 0], empty.Tensor.Sum(1));
        TestData.Refused(() => empty.Tensor.Mean(), "mean: shape (2,0) does not fit", "no elements to average");
        TestData.Refused(() => empty.Tensor.Mean(1), "dimension 1 has no elements");
        Tensor sum = empty.Tensor.Sum();
        sum.Backward();
        Assert.Equal(0, sum.Item());
        Assert.Equal(0, empty.GradientData.Length);
    }

    [Fact]
    public void A_missing_dimension_is_named()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor x = context.Full([2, 3], 1);
        TestData.Refused(() => x.Sum(2), "sum: shape (2,3) does not fit", "no dimension 2", "from -2 to 1");
        TestData.Refused(() => x.Mean(-3), "mean: shape (2,3)", "no dimension -3");
    }
}
