using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>Causal grouped-query attention with rotary positions in half-split form; Q, K and V have biases where the options say so.</summary>
public sealed class RotaryAttention
{
    private readonly RopeTables _rope;
    private readonly AttentionHeads _heads;
    private readonly LinearLayer _query;
    private readonly LinearLayer _key;
    private readonly LinearLayer _value;
    private readonly LinearLayer _output;

    /// <summary>Makes the layer's parameters.</summary>
    /// <param name="factory">Makes and initializes parameters.</param>
    /// <param name="name">Its name, such as <c>model.layers.0.self_attn</c>.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="rope">Rotary tables.</param>
    public RotaryAttention(ParameterFactory factory, string name, GptOptions options, RopeTables rope)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(options);
        _rope = rope;
        int width = options.NEmbd, keys = options.KvHeads * options.HeadSize;
        _heads = new AttentionHeads(factory.Context, options.NHead, options.KvHeads);
        _query = new LinearLayer(factory, $"{name}.q_proj", width, width, options.Bias, Gpt.InitialDeviation, new HeadRows(_heads, AttentionParts.Query));
        _key = new LinearLayer(factory, $"{name}.k_proj", width, keys, options.Bias, Gpt.InitialDeviation, new HeadRows(_heads, AttentionParts.Key));
        _value = new LinearLayer(factory, $"{name}.v_proj", width, keys, options.Bias, Gpt.InitialDeviation, new HeadRows(_heads, AttentionParts.Value));
        _output = new LinearLayer(factory, $"{name}.o_proj", width, width, bias: false, RotaryBlock.ResidualDeviation(options));
    }

    /// <summary>Attends.</summary>
    /// <param name="n">The normalized residual stream, (B,T,C).</param>
    /// <param name="residual">What the result is added to, (B,T,C).</param>
    /// <param name="cache">Keys and values of the tokens before, and where these are kept; or null.</param>
    /// <param name="layer">Which layer of the cache.</param>
    public Tensor Forward(Tensor n, Tensor residual, KeyValueCache? cache, int layer)
    {
        int heads = _heads.Heads, kvHeads = _heads.KvHeads, position = cache?.Length ?? 0;
        Tensor q = Rope.Apply(_query.Forward(n), _rope, heads, positionOffset: position, inPlace: true);
        Tensor k = Rope.Apply(_key.Forward(n), _rope, kvHeads, positionOffset: position, inPlace: true);
        Tensor v = _value.Forward(n);
        Tensor attended = cache is null ? Attention.Apply(q, k, v, heads, kvHeads, maxLogit: _heads.ForPass()) : Attention.Cached(q, k, v, cache, layer);
        if (cache is null) _heads.Passed();
        return _output.Forward(attended, residual: residual);
    }
}
