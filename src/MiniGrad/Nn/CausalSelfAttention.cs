using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>Causal self-attention with a fused QKV projection, as GPT-2 has it, rotary positions where they are given, and the residual added in the output projection.</summary>
public sealed class CausalSelfAttention : SelfAttention
{
    private readonly Linear _qkv;
    private readonly Linear _projection;
    private readonly RotaryPositions? _rope;

    /// <summary>A layer with <c>c_attn</c> ((H + 2·Hkv)·d × C) and <c>c_proj</c> (C × C).</summary>
    /// <param name="width">C.</param>
    /// <param name="heads">H.</param>
    /// <param name="kvHeads">Hkv, a divisor of H.</param>
    /// <param name="bias">Whether the projections have biases.</param>
    /// <param name="initial">Where the projection of Q, K and V starts.</param>
    /// <param name="residualInitial">Where the projection onto the residual stream starts.</param>
    /// <param name="rope">Rotary positions, or null where the model knows positions otherwise.</param>
    public CausalSelfAttention(int width, int heads, int kvHeads, bool bias, Initial initial, Initial residualInitial, RotaryPositions? rope)
        : base(heads, kvHeads, width / heads)
    {
        _rope = rope;
        _qkv = Add("c_attn", new Linear(width, (heads + 2 * kvHeads) * HeadSize, bias, initial: initial, heads: new HeadRows(Heads, AttentionParts.QueryKeyValue)));
        _projection = Add("c_proj", new Linear(width, width, bias, ParameterRole.HiddenMatrix, residualInitial));
    }

    /// <inheritdoc/>
    public override bool IsFused => true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor n, Tensor residual, KeyValueCache? cache, int layer)
    {
        int heads = Heads.Heads, kvHeads = Heads.KvHeads;
        Tensor qkv = _qkv.Forward(n);
        if (_rope is not null) qkv = _rope.Rotate(qkv, heads + 2 * kvHeads, heads + kvHeads, cache?.Length ?? 0);
        if (Precision == Precision.Bfloat16) qkv = RoundToBfloat16.Apply(qkv, inPlace: true);
        Tensor attended = cache is null ? Attention.Apply(qkv, heads, kvHeads, maxLogit: Heads.ForPass(), precision: Precision) : Attention.Cached(qkv, cache, layer, Precision);
        if (cache is null) Heads.Passed();
        Drop(qkv, hasOneReader: true);
        return _projection.Forward(attended, Activation.None, residual);
    }

    /// <inheritdoc/>
    protected override void OnInitialized(ComputeContext context) => _rope?.Prepare(context);
}
