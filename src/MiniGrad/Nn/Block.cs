using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>A pre-norm transformer block: attention, then feed-forward, each added to the residual stream.</summary>
public sealed class Block
{
    private readonly NormLayer _norm1;
    private readonly CausalSelfAttention _attention;
    private readonly NormLayer _norm2;
    private readonly Mlp _mlp;

    /// <summary>Makes the block's parameters.</summary>
    /// <param name="factory">Makes and initializes parameters.</param>
    /// <param name="name">Its name, such as <c>h.0</c>.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="rope">Rotary tables, or null.</param>
    public Block(ParameterFactory factory, string name, GptOptions options, RopeTables? rope)
    {
        double residualDeviation = Gpt.InitialDeviation / Math.Sqrt(2.0 * options.NLayer);
        _norm1 = new NormLayer(factory, $"{name}.ln_1", options);
        _attention = new CausalSelfAttention(factory, $"{name}.attn", options, rope, residualDeviation);
        _norm2 = new NormLayer(factory, $"{name}.ln_2", options);
        _mlp = new Mlp(factory, $"{name}.mlp", options, residualDeviation);
    }

    /// <summary>Applies the block.</summary>
    /// <param name="x">The residual stream, (B,T,C).</param>
    /// <param name="cache">Keys and values of the tokens before, and where these are kept; or null.</param>
    /// <param name="layer">Which layer of the cache.</param>
    public Tensor Forward(Tensor x, KeyValueCache? cache = null, int layer = 0)
    {
        x = _attention.Forward(_norm1.Forward(x), x, cache, layer);
        return _mlp.Forward(_norm2.Forward(x), x);
    }
}
