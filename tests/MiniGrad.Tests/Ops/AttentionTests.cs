using MiniGrad.Backends.Reference;
using MiniGrad.Memory;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Ops;

public sealed class AttentionTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (bool causal in (bool[])[true, false])
        {
            yield return Fused([1, 1, 3], 1, 1, causal);
            yield return Fused([2, 3, 12], 2, 2, causal);
            yield return Fused([1, 5, 8], 2, 1, causal);
            yield return Fused([2, 4, 24], 4, 2, causal);
            yield return Fused([3, 2, 15], 3, 1, causal);
            yield return Separate([1, 1, 1], [1, 1, 1], [1, 1, 1], 1, 1, 0, causal);
            yield return Separate([2, 3, 4], [2, 3, 4], [2, 3, 6], 2, 2, 0, causal);
            yield return Separate([2, 2, 8], [2, 5, 4], [2, 5, 3], 2, 1, 3, causal);
            yield return Separate([1, 4, 6], [1, 2, 6], [1, 2, 3], 3, 3, 0, causal);
            yield return Separate([1, 1, 4], [1, 7, 4], [1, 7, 4], 2, 2, 6, causal);
            yield return GradientCase.Of($"attention of one tensor {causal}", [[2, 3, 4]], x => Attention.Apply(x[0], x[0], x[0], 2, causal: causal));
            yield return GradientCase.Of($"attention, keys are values {causal}", [[2, 2, 4], [2, 3, 4]], x => Attention.Apply(x[0], x[1], x[1], 2, causal: causal, queryOffset: 1));
        }
    }

    [Theory]
    [InlineData(2, 2, true, 0)]
    [InlineData(4, 2, true, 3)]
    [InlineData(4, 1, false, 0)]
    public void It_equals_softmax_of_scores_times_values(int heads, int kvHeads, bool causal, int offset)
    {
        const int Batch = 2, Queries = 4, Keys = 6, Size = 3, ValueSize = 5;
        double[] q = TestData.Uniform(1, Batch * Queries * heads * Size), k = TestData.Uniform(2, Batch * Keys * kvHeads * Size), v = TestData.Uniform(3, Batch * Keys * kvHeads * ValueSize);
        double[] expected = new double[Batch * Queries * heads * ValueSize], largest = new double[heads];
        Array.Fill(largest, double.NegativeInfinity);
        for (int b = 0; b < Batch; b++)
        {
            for (int h = 0; h < heads; h++)
            {
                int shared = h / (heads / kvHeads);
                for (int t = 0; t < Queries; t++)
                {
                    double[] scores = [.. Enumerable.Range(0, Keys).Where(j => !causal || j <= t + offset).Select(j => Enumerable.Range(0, Size)
                        .Sum(i => q[((b * Queries + t) * heads + h) * Size + i] * k[((b * Keys + j) * kvHeads + shared) * Size + i]) * 0.7)];
                    largest[h] = Math.Max(largest[h], scores.Max());
                    double total = scores.Sum(Math.Exp);
                    for (int i = 0; i < ValueSize; i++)
                    {
                        expected[((b * Queries + t) * heads + h) * ValueSize + i] = scores.Select((s, j) => Math.Exp(s) / total * v[((b * Keys + j) * kvHeads + shared) * ValueSize + i]).Sum();
                    }
                }
            }
        }
        using var context = new ComputeContext(new ReferenceBackend<double>());
        BufferView maxLogit = context.Persistent(heads);
        using StepScope step = context.BeginStep();
        Tensor y = Attention.Apply(
            context.Tensor([Batch, Queries, heads * Size], q), context.Tensor([Batch, Keys, kvHeads * Size], k), context.Tensor([Batch, Keys, kvHeads * ValueSize], v),
            heads, kvHeads, 0.7, causal, offset, maxLogit);
        Assert.Equal(new Shape(Batch, Queries, heads * ValueSize), y.Shape);
        TestData.Close(expected, y);
        TestData.Close(largest, context.DownloadDouble(maxLogit));
    }

    [Fact]
    public void A_fused_projection_gives_what_its_parts_give()
    {
        const int Tokens = 2 * 5, Heads = 4, KvHeads = 2, Size = 3, Width = (Heads + 2 * KvHeads) * Size;
        double[] qkv = TestData.Uniform(1, Tokens * Width);
        double[] Part(int from, int width) => [.. qkv.Chunk(Width).SelectMany(token => token[from..(from + width)])];
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor q = context.Tensor([2, 5, 12], Part(0, 12)), k = context.Tensor([2, 5, 6], Part(12, 6)), v = context.Tensor([2, 5, 6], Part(18, 6));
        Tensor separate = Attention.Apply(q, k, v, Heads, KvHeads);
        TestData.Close(separate.ToDoubleArray(), Attention.Apply(context.Tensor([2, 5, Width], qkv), Heads, KvHeads));
    }

    [Fact]
    public void Queries_behind_a_cache_give_the_last_rows_of_the_whole()
    {
        double[] q = TestData.Uniform(1, 6 * 4), k = TestData.Uniform(2, 6 * 4), v = TestData.Uniform(3, 6 * 4);
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using StepScope step = context.BeginStep();
        Tensor keys = context.Tensor([1, 6, 4], k), values = context.Tensor([1, 6, 4], v);
        double[] whole = Attention.Apply(context.Tensor([1, 6, 4], q), keys, values, 2).ToDoubleArray();
        TestData.Close(whole.AsSpan(16), Attention.Apply(context.Tensor([1, 2, 4], q.AsSpan(16)), keys, values, 2, queryOffset: 4));
    }

    [Fact]
    public void Bad_shapes_and_settings_are_named()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        BufferView three = context.Persistent(3);
        using StepScope step = context.BeginStep();
        Tensor Ones(params ReadOnlySpan<int> sizes) => context.Full(new Shape(sizes), 1);
        TestData.Refused(() => Attention.Apply(Ones(2, 3, 10), 2), "attention: shape (2,3,10) does not fit", "(B,T,6·d)");
        TestData.Refused(() => Attention.Apply(Ones(3, 12), 2), "attention: shape (3,12)");
        TestData.Refused(() => Attention.Apply(Ones(2, 0, 12), 2), "not empty");
        TestData.Refused(() => Attention.Apply(Ones(2, 3, 12), 4, 3), "attention: kvHeads is 3", "divide the 4 heads");
        TestData.Refused(() => Attention.Apply(Ones(2, 3, 12), 0), "attention: heads is 0");
        TestData.Refused(() => Attention.Apply(Ones(2, 3, 12), 2, maxLogit: three), "maxLogit is 3", "one element a head, 2");
        TestData.Refused(() => Attention.Apply(Ones(2, 3, 5), Ones(2, 3, 4), Ones(2, 3, 4), 2), "the queries must be (B,T,2·d)");
        TestData.Refused(() => Attention.Apply(Ones(2, 3, 4), Ones(1, 3, 4), Ones(1, 3, 4), 2), "(2,3,4) and (1,3,4)", "the keys must be (2,T,4)");
        TestData.Refused(() => Attention.Apply(Ones(2, 3, 4), Ones(2, 3, 4), Ones(2, 4, 4), 2), "the values must be (2,3,2·dv)");
        TestData.Refused(() => Attention.Apply(Ones(2, 3, 4), Ones(2, 3, 4), Ones(2, 3, 4), 2, queryOffset: -1), "queryOffset is -1");
    }

    private static GradientCase Fused(Shape qkv, int heads, int kvHeads, bool causal) =>
        GradientCase.Of($"attention fused {heads} {kvHeads} {causal}", [qkv], x => Attention.Apply(x[0], heads, kvHeads, causal: causal));

    private static GradientCase Separate(Shape q, Shape k, Shape v, int heads, int kvHeads, int offset, bool causal) =>
        GradientCase.Of($"attention {heads} {kvHeads} {offset} {causal}", [q, k, v], x => Attention.Apply(x[0], x[1], x[2], heads, kvHeads, causal: causal, queryOffset: offset));
}
