namespace MiniGrad;

/// <summary>Makes models of any family.</summary>
public static class LanguageModels
{
    /// <summary>The model that the options describe.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="options">Family, sizes and switches.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="weights">Where the weights come from instead of the seed, or null.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public static ILanguageModel Create(ComputeContext context, GptOptions options, ulong seed, WeightSource? weights = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Family switch
        {
            ModelFamily.Qwen2 => new Qwen2(context, options, seed, weights),
            ModelFamily.DeepseekMoe => new DeepseekMoe(context, options, seed, weights),
            _ => new Gpt(context, options, seed, weights),
        };
    }
}
