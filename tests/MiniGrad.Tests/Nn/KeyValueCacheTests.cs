using MiniGrad.Backends.Cpu;
using MiniGrad.Ops;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Nn;

/// <summary>Logits with a key–value cache are those of the whole sequence at once.</summary>
public sealed class KeyValueCacheTests
{
    private static readonly GptOptions Sizes = new() { NLayer = 2, NHead = 4, NEmbd = 32, BlockSize = 24, VocabSize = 61 };

    private static readonly Dictionary<string, GptOptions> Models = new()
    {
        ["the paper's GPT"] = Sizes,
        ["GPT-2"] = Sizes with { Position = PositionKind.Learned, Bias = true, Tied = true },
        ["grouped queries"] = Sizes with { NKvHead = 2 },
        ["Qwen2"] = (Sizes with { NKvHead = 2 }).OfFamily(ModelFamily.Qwen2),
        ["mixture of experts"] = (Sizes with { NKvHead = 2 }).OfFamily(ModelFamily.DeepseekMoe),
    };

    public static TheoryData<string> Names => [.. Models.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cache_changes_no_logit(string name)
    {
        using var context = new ComputeContext(new CpuBackend(2));
        ILanguageModel model = LanguageModels.Create(context, Models[name], seed: 4);
        foreach (Parameter parameter in model.Parameters.Where(p => p.Role != ParameterRole.Vector)) parameter.Tensor.CopyFrom(Array.ConvertAll(parameter.Tensor.ToArray(), x => 5 * x));
        var random = new CounterRandom(2, 0);
        int[] tokens = [.. Enumerable.Range(0, 24).Select(i => (int)random.Below(61, (ulong)i))];
        float[] whole = Logits(model, tokens, null);
        Assert.True(whole.Max(Math.Abs) > 0.5);
        KeyValueCache cache = model.NewCache();
        for (int round = 0; round < 2; round++) // a cleared cache is as good as a new one
        {
            var parts = new List<float>();
            int at = 0;
            foreach (int length in (int[])[7, 1, 1, 5, 1, 9]) parts.AddRange(Logits(model, tokens[at..(at += length)], cache));
            Assert.Equal(24, cache.Length);
            double worst = whole.Zip(parts, (a, b) => (double)Math.Abs(a - b)).Max();
            Assert.True(worst <= 2e-6 * whole.Max(Math.Abs), $"{name}: off by {worst}, the largest logit is {whole.Max(Math.Abs)}");
            Assert.Contains("at most blockSize = 24", Assert.Throws<ArgumentException>(() => Logits(model, [1], cache)).Message, StringComparison.Ordinal);
            cache.Clear();
        }
    }

    [Fact]
    public void It_refuses_gradients_and_other_shapes_in_one_line()
    {
        using var context = new ComputeContext(new CpuBackend());
        ILanguageModel model = LanguageModels.Create(context, Sizes, seed: 4);
        KeyValueCache cache = model.NewCache();
        Indices one = context.Indices([1, 1]), two = context.Indices([2, 1]);
        one.CopyFrom([1]);
        two.CopyFrom([1, 2]);
        using StepScope step = context.BeginStep();
        Assert.Contains("NoGrad", Assert.Throws<InvalidOperationException>(() => model.Logits(one, cache)).Message, StringComparison.Ordinal);
        using NoGradScope noGrad = context.NoGrad();
        Assert.Equal("attention: shape (2,1,96) does not fit; this key–value cache is for (1,T,96), one sequence", Assert.Throws<ArgumentException>(() => model.Logits(two, cache)).Message);
    }

    private static float[] Logits(ILanguageModel model, int[] tokens, KeyValueCache? cache)
    {
        Indices indices = model.Context.Indices([1, tokens.Length]);
        indices.CopyFrom(tokens);
        using NoGradScope noGrad = model.Context.NoGrad();
        using StepScope step = model.Context.BeginStep();
        return model.Logits(indices, cache).ToArray();
    }
}
