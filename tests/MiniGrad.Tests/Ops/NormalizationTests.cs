using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Ops;

/// <summary>Softmax, LayerNorm and RMSNorm.</summary>
public sealed class NormalizationTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (Shape shape in (Shape[])[[1], [5], [3, 1], [2, 3, 4], [1, 7], [2, 33]])
        {
            bool single = shape[-1] == 1;
            yield return GradientCase.Of("softmax", [shape], x => x[0].Softmax()) with { IsFlat = single };
            yield return GradientCase.Of("layer norm", [shape, [shape[-1]]], x => x[0].LayerNorm(x[1], epsilon: 0.1)) with { IsFlat = single };
            yield return GradientCase.Of("layer norm with bias", [shape, [shape[-1]], [shape[-1]]], x => x[0].LayerNorm(x[1], x[2], epsilon: 0.1));
            yield return GradientCase.Of("rms norm", [shape, [shape[-1]]], x => x[0].RmsNorm(x[1]));
        }
    }

    [Fact]
    public void Softmax_equals_the_formula_and_survives_large_logits()
    {
        double[] x = TestData.Uniform(1, 15);
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        double[] expected = [.. x.Chunk(5).SelectMany(row => row.Select(v => Math.Exp(v) / row.Sum(Math.Exp)))];
        TestData.Close(expected, context.Tensor([3, 5], x).Softmax());
        TestData.Close([0.5, 0.5, 0], context.Tensor([3], [1e4, 1e4, -1e4]).Softmax());
    }

    [Fact]
    public void LayerNorm_equals_the_formula()
    {
        double[] x = TestData.Uniform(1, 21), weight = TestData.Uniform(2, 7), bias = TestData.Uniform(3, 7);
        double[] expected = [.. x.Chunk(7).SelectMany(row =>
        {
            double mean = row.Average(), variance = row.Average(v => (v - mean) * (v - mean));
            return row.Select((v, i) => (v - mean) / Math.Sqrt(variance + 0.01) * weight[i] + bias[i]);
        })];
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        TestData.Close(expected, context.Tensor([3, 1, 7], x).LayerNorm(context.Tensor([7], weight), context.Tensor([7], bias), 0.01));
    }

    [Fact]
    public void RmsNorm_equals_the_formula()
    {
        double[] x = TestData.Uniform(1, 21), weight = TestData.Uniform(2, 7);
        double[] expected = [.. x.Chunk(7).SelectMany(row => row.Select((v, i) => v / Math.Sqrt(row.Average(u => u * u) + 0.01) * weight[i]))];
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        TestData.Close(expected, context.Tensor([3, 1, 7], x).RmsNorm(context.Tensor([7], weight), 0.01));
    }

    [Fact]
    public void No_rows_give_no_rows_and_empty_rows_are_refused()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor noRows = context.Full([0, 3], 1), emptyRows = context.Full([3, 0], 1), weight = context.Full([3], 1);
        Assert.Equal(new Shape(0, 3), noRows.Softmax().Shape);
        Assert.Equal(new Shape(0, 3), noRows.LayerNorm(weight).Shape);
        Assert.Equal(new Shape(0, 3), noRows.RmsNorm(weight).Shape);
        TestData.Refused(() => emptyRows.Softmax(), "softmax: shape (3,0) does not fit", "at least one element");
        TestData.Refused(() => emptyRows.LayerNorm(weight), "layer_norm: shape (3,0)");
        TestData.Refused(() => context.Full([], 1).RmsNorm(weight), "rms_norm: shape ()");
    }

    [Fact]
    public void Operands_that_do_not_fit_are_named()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor x = context.Full([2, 3], 1), weight = context.Full([3], 1), vector = context.Full([3], 1);
        TestData.Refused(() => x.LayerNorm(context.Full([2], 1)), "layer_norm: shapes (2,3) and (2) do not fit", "the weight must have shape (3)");
        TestData.Refused(() => x.LayerNorm(weight, context.Full([1, 3], 1)), "the bias must have shape (3)");
        TestData.Refused(() => x.RmsNorm(context.Full([2], 1)), "rms_norm: shapes (2,3) and (2)");
        TestData.Refused(() => x.RmsNorm(weight, -1), "rms_norm: epsilon is -1");
        TestData.Refused(() => x.LayerNorm(weight, weight), "give each its own");
        TestData.Refused(() => vector.RmsNorm(vector), "give each its own");
    }
}
