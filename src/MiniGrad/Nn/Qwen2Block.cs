using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>A pre-norm block of <see cref="Qwen2"/>: grouped-query attention, then <c>x + W₂·(silu(W_g·n) ⊙ W_u·n)</c>.</summary>
public sealed class Qwen2Block
{
    private readonly GptOptions _options;
    private readonly RopeTables _rope;
    private readonly NormLayer _norm1;
    private readonly NormLayer _norm2;
    private readonly AttentionHeads _attention;
    private readonly LinearLayer _query;
    private readonly LinearLayer _key;
    private readonly LinearLayer _value;
    private readonly LinearLayer _output;
    private readonly LinearLayer _gate;
    private readonly LinearLayer _up;
    private readonly LinearLayer _down;

    /// <summary>Makes the block's parameters.</summary>
    /// <param name="factory">Makes and initializes parameters.</param>
    /// <param name="name">Its name, such as <c>model.layers.0</c>.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="rope">Rotary tables.</param>
    public Qwen2Block(ParameterFactory factory, string name, GptOptions options, RopeTables rope)
    {
        (_options, _rope) = (options, rope);
        double residualDeviation = Gpt.InitialDeviation / Math.Sqrt(2.0 * options.NLayer);
        int width = options.NEmbd, keys = options.KvHeads * options.HeadSize;
        _norm1 = new NormLayer(factory, $"{name}.input_layernorm", options);
        _norm2 = new NormLayer(factory, $"{name}.post_attention_layernorm", options);
        _attention = new AttentionHeads(factory.Context, options.NHead, options.KvHeads);
        _query = new LinearLayer(factory, $"{name}.self_attn.q_proj", width, width, bias: true, Gpt.InitialDeviation, new HeadRows(_attention, AttentionParts.Query));
        _key = new LinearLayer(factory, $"{name}.self_attn.k_proj", width, keys, bias: true, Gpt.InitialDeviation, new HeadRows(_attention, AttentionParts.Key));
        _value = new LinearLayer(factory, $"{name}.self_attn.v_proj", width, keys, bias: true, Gpt.InitialDeviation, new HeadRows(_attention, AttentionParts.Value));
        _output = new LinearLayer(factory, $"{name}.self_attn.o_proj", width, width, bias: false, residualDeviation);
        _gate = new LinearLayer(factory, $"{name}.mlp.gate_proj", width, options.InnerSize, bias: false, Gpt.InitialDeviation);
        _up = new LinearLayer(factory, $"{name}.mlp.up_proj", width, options.InnerSize, bias: false, Gpt.InitialDeviation);
        _down = new LinearLayer(factory, $"{name}.mlp.down_proj", options.InnerSize, width, bias: false, residualDeviation);
    }

    /// <summary>Applies the block.</summary>
    /// <param name="x">The residual stream, (B,T,C).</param>
    /// <param name="cache">Keys and values of the tokens before, and where these are kept; or null.</param>
    /// <param name="layer">Which layer of the cache.</param>
    public Tensor Forward(Tensor x, KeyValueCache? cache = null, int layer = 0)
    {
        int heads = _options.NHead, kvHeads = _options.KvHeads, position = cache?.Length ?? 0;
        Tensor n = _norm1.Forward(x);
        Tensor q = Rope.Apply(_query.Forward(n), _rope, heads, positionOffset: position, inPlace: true);
        Tensor k = Rope.Apply(_key.Forward(n), _rope, kvHeads, positionOffset: position, inPlace: true);
        Tensor v = _value.Forward(n);
        Tensor attended = cache is null ? Attention.Apply(q, k, v, heads, kvHeads, maxLogit: _attention.ForPass()) : Attention.Cached(q, k, v, cache, layer);
        if (cache is null) _attention.Passed();
        x = _output.Forward(attended, residual: x);
        n = _norm2.Forward(x);
        return _down.Forward(SwiGlu.Apply(_gate.Forward(n), _up.Forward(n)), residual: x);
    }
}
