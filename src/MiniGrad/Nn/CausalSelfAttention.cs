using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>Causal self-attention with a fused QKV projection, rotary positions where there are tables, and the residual added in the output projection.</summary>
public sealed class CausalSelfAttention
{
    private readonly LinearLayer _qkv;
    private readonly LinearLayer _projection;
    private readonly RopeTables? _rope;
    private readonly GptOptions _options;
    private readonly AttentionHeads _heads;

    /// <summary>Makes the layer's parameters <c>name.c_attn</c> ((H + 2·Hkv)·d × C) and <c>name.c_proj</c> (C × C).</summary>
    /// <param name="factory">Makes and initializes parameters.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="rope">Rotary tables, or null for learned positions.</param>
    /// <param name="residualDeviation">σ of the output projection's initial weights.</param>
    public CausalSelfAttention(ParameterFactory factory, string name, GptOptions options, RopeTables? rope, double residualDeviation)
    {
        (_options, _rope) = (options, rope);
        _heads = new AttentionHeads(factory.Context, options.NHead, options.KvHeads);
        var rows = new HeadRows(_heads, AttentionParts.QueryKeyValue);
        _qkv = new LinearLayer(factory, $"{name}.c_attn", options.NEmbd, (options.NHead + 2 * options.KvHeads) * options.HeadSize, options.Bias, Gpt.InitialDeviation, rows);
        _projection = new LinearLayer(factory, $"{name}.c_proj", options.NEmbd, options.NEmbd, options.Bias, residualDeviation);
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">Normalized input of shape (B,T,C).</param>
    /// <param name="residual">The residual stream, of the same shape.</param>
    /// <param name="cache">Keys and values of the tokens before, and where these are kept; or null.</param>
    /// <param name="layer">Which layer of the cache.</param>
    /// <returns>The residual stream plus the attention's output.</returns>
    public Tensor Forward(Tensor x, Tensor residual, KeyValueCache? cache = null, int layer = 0)
    {
        Tensor qkv = _qkv.Forward(x);
        if (_rope is not null) qkv = Rope.Apply(qkv, _rope, _options.NHead + 2 * _options.KvHeads, _options.NHead + _options.KvHeads, cache?.Length ?? 0, inPlace: true);
        Tensor attended = cache is null ? Attention.Apply(qkv, _options.NHead, _options.KvHeads, maxLogit: _heads.ForPass()) : Attention.Cached(qkv, cache, layer);
        if (cache is null) _heads.Passed();
        return _projection.Forward(attended, residual: residual);
    }
}
