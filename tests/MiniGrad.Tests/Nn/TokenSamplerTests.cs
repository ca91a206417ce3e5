using MiniGrad.Backends.Cpu;

namespace MiniGrad.Tests.Nn;

/// <summary>Draws follow temperature, top-k and top-p; a text is the same with the cache and without.</summary>
public sealed class TokenSamplerTests
{
    private static readonly float[] Logits = [1, 3, 2, 3, float.NegativeInfinity];

    [Fact]
    public void Temperature_0_takes_the_most_likely_token_the_smallest_among_equals() => Assert.Equal(1, new TokenSampler(0, 0, 1, 0).Next(Logits, 7));

    [Theory]
    [InlineData(1.0, 0, 1.0)]
    [InlineData(0.5, 0, 1.0)]
    [InlineData(1.0, 2, 1.0)]
    [InlineData(2.0, 3, 1.0)]
    [InlineData(1.0, 0, 0.8)]
    public void Frequencies_are_the_probabilities(double temperature, int topK, double topP)
    {
        double[] expected = [.. Logits.Select(x => Math.Exp(x / temperature))];
        int[] order = [1, 3, 2, 0, 4];
        if (topK > 0) foreach (int cut in order[topK..]) expected[cut] = 0;
        if (topP < 1) (expected[0], expected[4]) = (0, 0); // 3, 3 and 2 reach 0.945; 3 and 3 only 0.797
        double total = expected.Sum();
        const int draws = 20_000;
        var sampler = new TokenSampler(temperature, topK, topP, seed: 3);
        var counts = new int[Logits.Length];
        for (ulong i = 0; i < draws; i++) counts[sampler.Next(Logits, i)]++;
        for (int t = 0; t < counts.Length; t++) Assert.Equal(expected[t] / total, (double)counts[t] / draws, 0.015);
        Assert.Equal(expected.Count(p => p > 0), counts.Count(c => c > 0));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_by_name()
    {
        Assert.StartsWith("temperature -1", Assert.Throws<ArgumentException>(() => new TokenSampler(-1, 0, 1, 0)).Message, StringComparison.Ordinal);
        Assert.StartsWith("top-k -1", Assert.Throws<ArgumentException>(() => new TokenSampler(1, -1, 1, 0)).Message, StringComparison.Ordinal);
        Assert.StartsWith("top-p 0", Assert.Throws<ArgumentException>(() => new TokenSampler(1, 0, 0, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("not finite", Assert.Throws<ArgumentException>(() => new TokenSampler(1, 0, 1, 0).Next([1, float.NaN], 0)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelFamily.Gpt)]
    [InlineData(ModelFamily.Qwen2)]
    [InlineData(ModelFamily.DeepseekMoe)]
    public void A_text_longer_than_the_context_is_the_same_with_the_cache_and_without(ModelFamily family)
    {
        using var context = new ComputeContext(new CpuBackend());
        GptOptions options = new GptOptions { NLayer = 2, NHead = 2, NEmbd = 16, BlockSize = 12, VocabSize = 29 }.OfFamily(family);
        ILanguageModel model = LanguageModels.Create(context, options, seed: 8);
        foreach (Parameter parameter in model.Parameters.Where(p => p.Role != ParameterRole.Vector)) parameter.Tensor.CopyFrom(Array.ConvertAll(parameter.Tensor.ToArray(), x => 8 * x));
        int[] prompt = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9];
        int[] Draw(bool cached, ulong seed) => [.. new TextGenerator(model, new TokenSampler(0.9, 20, 0.95, seed), cached).Continue(prompt, 60)];
        int[] text = Draw(cached: true, seed: 1);
        Assert.Equal(text, Draw(cached: false, seed: 1));
        Assert.NotEqual(text, Draw(cached: true, seed: 2));
        Assert.True(text.Distinct().Count() > 8);
        Assert.Contains("no token", Assert.Throws<ArgumentException>(() => new TextGenerator(model, new TokenSampler(1, 0, 1, 0)).Continue([], 1)).Message, StringComparison.Ordinal);
    }
}
