
namespace MiniGrad;

/// <summary>
/// Qwen2 (arXiv 2407.10671, §2.2.1): pre-norm blocks with RMSNorm, rotary positions in half-split form, grouped-query
/// attention with biases of Q, K and V, SwiGLU, and a head that is tied or not. Parameters have the published checkpoints' names.
/// </summary>
public sealed class Qwen2 : LanguageModel
{
    /// <summary>Makes a model.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="options">Sizes and switches, of the family Qwen2.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="weights">Where the weights come from instead of the seed, or null.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other, or the options are another family's.</exception>
    public Qwen2(ComputeContext context, GptOptions options, ulong seed, WeightSource? weights = null)
        : base(context, options, Parts(Checked(options, ModelFamily.Qwen2)), seed, weights)
    {
    }

    private static TransformerParts Parts(GptOptions options) => Rotary(options, _ => new SwiGluLayer(options.NEmbd, options.InnerSize, Initials(options).Inner, Initials(options).InnerResidual));
}
