using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>A pre-norm block of a <see cref="RotaryModel"/>: grouped-query attention, then the feed-forward layer, each on the normalized residual stream and added to it.</summary>
public sealed class RotaryBlock
{
    private readonly NormLayer _norm1;
    private readonly NormLayer _norm2;
    private readonly RotaryAttention _attention;
    private readonly IFeedForward _feedForward;

    /// <summary>Makes the block's parameters.</summary>
    /// <param name="factory">Makes and initializes parameters.</param>
    /// <param name="name">Its name, such as <c>model.layers.0</c>.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="rope">Rotary tables.</param>
    /// <param name="feedForward">Makes the feed-forward layer.</param>
    public RotaryBlock(ParameterFactory factory, string name, GptOptions options, RopeTables rope, Func<IFeedForward> feedForward)
    {
        ArgumentNullException.ThrowIfNull(feedForward);
        _norm1 = new NormLayer(factory, $"{name}.input_layernorm", options);
        _norm2 = new NormLayer(factory, $"{name}.post_attention_layernorm", options);
        _attention = new RotaryAttention(factory, $"{name}.self_attn", options, rope);
        _feedForward = feedForward();
    }

    /// <summary>σ of the initial weights of projections onto the residual stream, 0.02/√(2L).</summary>
    /// <param name="options">Sizes.</param>
    internal static double ResidualDeviation(GptOptions options) => Gpt.InitialDeviation / Math.Sqrt(2.0 * options.NLayer);

    /// <summary>Applies the block.</summary>
    /// <param name="x">The residual stream, (B,T,C).</param>
    /// <param name="cache">Keys and values of the tokens before, and where these are kept; or null.</param>
    /// <param name="layer">Which layer of the cache.</param>
    public Tensor Forward(Tensor x, KeyValueCache? cache = null, int layer = 0)
    {
        x = _attention.Forward(_norm1.Forward(x), x, cache, layer);
        return _feedForward.Forward(_norm2.Forward(x), x);
    }
}
