
namespace MiniGrad;

/// <summary>
/// A mixture-of-experts model in the manner of DeepSeek-V3 (arXiv 2412.19437, §2.1): pre-norm blocks with RMSNorm, rotary
/// (grouped-query) attention without biases in place of its latent attention, a dense SwiGLU as wide as the experts that a
/// token sees in the first blocks, a <see cref="MixtureOfExperts"/> in the others.
/// </summary>
public sealed class DeepseekMoe : LanguageModel
{
    /// <summary>Makes a model.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="options">Sizes and switches, of the family DeepseekMoe.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="weights">Where the weights come from instead of the seed, or null.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other, or the options are another family's.</exception>
    public DeepseekMoe(ComputeContext context, GptOptions options, ulong seed, WeightSource? weights = null)
        : base(context, options, Parts(Checked(options, ModelFamily.DeepseekMoe)), seed, weights)
    {
    }

    private static TransformerParts Parts(GptOptions options)
    {
        ExpertOptions experts = options.Experts!;
        Initial initial = Initial.Normal(Deviation), residual = Residual(options);
        return Rotary(options, layer => layer < experts.Dense(options.NLayer)
            ? new SwiGluLayer(options.NEmbd, experts.Active * options.InnerSize, initial, residual)
            : new MixtureOfExperts(options.NEmbd, options.InnerSize, experts, initial, residual));
    }
}
