using MiniGrad.Ops;

namespace MiniGrad.Tests.Nn;

/// <summary>What a block gives back before the backward pass, and makes again there.</summary>
public sealed class RecomputationTests
{
    private const int Width = 24, Inner = 72, Rows = 20;

    public static TheoryData<string> Kinds => ["mlp", "swiglu", "layer norm", "rms norm"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_result_made_again_has_the_bits_of_the_first(string kind)
    {
        using var context = ComputeContext.Cpu(2);
        Tensor x = context.Randn([Rows, Width]), weight = context.Randn([Width]), wide = context.Randn([Inner, Width]), wider = context.Randn([Inner, Width]);
        x = context.Tensor(x.Shape, x.ToArray(), requiresGradient: true);
        using StepScope step = context.BeginStep();
        Tensor result = kind switch
        {
            "mlp" => LinearOp.Apply(x, wide, activation: Activation.GeluTanh),
            "swiglu" => SwiGlu.Apply(LinearOp.Apply(x, wide), LinearOp.Apply(x, wider)),
            "layer norm" => LayerNormOp.Apply(x, weight),
            _ => RmsNormOp.Apply(x, weight),
        };
        float[] first = result.ToArray();
        long before = context.Arena.LiveElements;
        context.Drop(result);
        Assert.Equal(before - result.Shape.Count, context.Arena.LiveElements);
        Assert.Contains("given back", Assert.Throws<InvalidOperationException>(() => result.ToArray()).Message, StringComparison.Ordinal);
        Assert.Contains("given back", Assert.Throws<InvalidOperationException>(() => result.Exp()).Message, StringComparison.Ordinal);
        context.DataAt(result.Slot);
        Assert.Equal(first, result.ToArray());
    }

    [Fact]
    public void A_products_result_without_a_nonlinearity_stays()
    {
        using var context = ComputeContext.Cpu();
        Tensor weight = context.Tensor([3, 4], new float[12], requiresGradient: true);
        using StepScope step = context.BeginStep();
        Tensor y = LinearOp.Apply(context.Ones([2, 4]), weight);
        context.Drop(y);
        Assert.Equal(new float[6], y.ToArray());
        using NoGradScope noGrad = context.NoGrad();
        Tensor unread = LinearOp.Apply(context.Ones([2, 4]), weight);
        context.Drop(unread);
        Assert.Throws<InvalidOperationException>(() => unread.ToArray());
    }

    // A layer's two residual streams and attention's result, and queries, keys, values and what stands before the nonlinearity,
    // in bfloat16 in half the room; in float32 everything, since making it again costs time.
    [Theory]
    [InlineData(Precision.Bfloat16, 1 + 1.5 + 1 + 1 + 2)]
    [InlineData(Precision.Float32, 1 + 1 + 3 + 1 + 1 + 1 + 4 + 4)]
    public void A_model_keeps_so_many_numbers_a_token_and_gives_back_what_it_made_again(Precision precision, double perChannel)
    {
        using var context = ComputeContext.Cpu();
        const int layers = 6, length = 64;
        var model = new Gpt(context, new GptOptions { NLayer = layers, NHead = 2, NEmbd = Width, BlockSize = length, VocabSize = 16, Position = PositionKind.Rope, Precision = precision }, seed: 1);
        Indices ids = context.Indices([2, length], [.. Enumerable.Range(0, 2 * length).Select(i => i * 7 % 16)]);
        using StepScope step = context.BeginStep();
        Tensor loss = model.Loss(ids, ids);
        double live = context.Arena.LiveElements, expected = layers * perChannel * Width * 2 * length;
        Assert.InRange(live, expected, expected * 1.15);
        loss.Backward();
        Assert.True(context.Arena.LiveElements <= live, "the backward pass gives back what it made again");
    }
}
