using MiniGrad.Backends.Reference;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Ops;

public sealed class EmbeddingTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        yield return Case("one token", [5, 3], [], 2);
        yield return Case("vocabulary of 1", [1, 1], [1, 1], 0);
        yield return Case("a sequence", [5, 3], [4], 0, 4, 1, 2);
        yield return Case("repeated tokens", [5, 3], [2, 3], 1, 1, 4, 1, 0, 4);
        yield return Case("one channel", [7, 1], [2, 2, 2], 6, 5, 4, 3, 2, 1, 0, 6);
        yield return Case("one row for all", [3, 4], [5], 2, 2, 2, 2, 2);
    }

    [Fact]
    public void Rows_are_looked_up()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Indices ids = Ids(context, [2, 2], 2, 0, 1, 2);
        using StepScope step = context.BeginStep();
        Tensor y = EmbeddingOp.Apply(context.Tensor([3, 2], [1.0, 2, 3, 4, 5, 6]), ids);
        Assert.Equal(new Shape(2, 2, 2), y.Shape);
        TestData.Close([5, 6, 1, 2, 3, 4, 5, 6], y);
    }

    [Fact]
    public void No_tokens_give_no_rows()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Indices ids = context.Indices([2, 0]);
        using StepScope step = context.BeginStep();
        Assert.Equal(new Shape(2, 0, 3), EmbeddingOp.Apply(context.Full([5, 3], 1), ids).Shape);
    }

    [Fact]
    public void Bad_operands_are_named()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using var other = new ComputeContext(new ReferenceBackend<double>());
        Indices ids = Ids(context, [2], 0, 1), foreign = Ids(other, [2], 0, 1), flat = context.Indices([1, 1, 1, 1, 1]), outside = Ids(context, [2], 0, 3);
        using StepScope step = context.BeginStep();
        Tensor table = context.Full([3, 2], 1);
        TestData.Refused(() => EmbeddingOp.Apply(context.Full([3], 1), ids), "embedding: shape (3) does not fit", "(vocabulary, channels)");
        TestData.Refused(() => EmbeddingOp.Apply(table, foreign), "embedding: tensors of two contexts");
        TestData.Refused(() => EmbeddingOp.Apply(table, flat), "at most 4 dimensions");
        TestData.Refused(() => EmbeddingOp.Apply(table, default), "the ids are the default value");
        TestData.Refused(() => EmbeddingOp.Apply(table, outside), "token 3", "vocabulary of 3");
    }

    internal static Indices Ids(ComputeContext context, Shape shape, params int[] ids)
    {
        Indices indices = context.Indices(shape);
        indices.CopyFrom(ids);
        return indices;
    }

    private static GradientCase Case(string label, Shape table, Shape shape, params int[] ids) => new($"embedding, {label}", [table], context =>
    {
        Indices indices = Ids(context, shape, ids);
        return x => EmbeddingOp.Apply(x[0], indices);
    });
}
