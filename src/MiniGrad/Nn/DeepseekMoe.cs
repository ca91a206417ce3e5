using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>
/// A mixture-of-experts model in the manner of DeepSeek-V3 (arXiv 2412.19437, §2.1): pre-norm blocks with RMSNorm, rotary
/// (grouped-query) attention without biases in place of its latent attention, a dense SwiGLU as wide as the experts that a
/// token sees in the first blocks, a <see cref="MixtureOfExperts"/> in the others.
/// </summary>
public sealed class DeepseekMoe : RotaryModel
{
    /// <summary>Makes a model.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="options">Sizes and switches, of the family DeepseekMoe.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="weights">Where the weights come from instead of the seed, or null.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other, or the options are another family's.</exception>
    public DeepseekMoe(ComputeContext context, GptOptions options, ulong seed, WeightSource? weights = null)
        : base(ModelFamily.DeepseekMoe, context, options, seed, weights, FeedForward)
    {
    }

    private static IFeedForward FeedForward(ParameterFactory factory, GptOptions options, int layer, string name)
    {
        ExpertOptions experts = options.Experts!;
        double deviation = RotaryBlock.ResidualDeviation(options);
        return layer < experts.Dense(options.NLayer)
            ? new SwiGluLayer(factory, name, options.NEmbd, experts.Active * options.InnerSize, deviation)
            : new MixtureOfExperts(factory, name, options, deviation);
    }
}
