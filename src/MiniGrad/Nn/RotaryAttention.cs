using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>Causal grouped-query attention with rotary positions in half-split form, and a projection each for Q, K and V, with biases or without.</summary>
public sealed class RotaryAttention : SelfAttention
{
    private readonly RotaryPositions _rope;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;

    /// <summary>A layer with <c>q_proj</c>, <c>k_proj</c>, <c>v_proj</c> and <c>o_proj</c>.</summary>
    /// <param name="width">C.</param>
    /// <param name="heads">Query heads, H.</param>
    /// <param name="kvHeads">Key–value heads, a divisor of H.</param>
    /// <param name="bias">Whether Q, K and V have biases.</param>
    /// <param name="initial">Where the projections of Q, K and V start.</param>
    /// <param name="residualInitial">Where the projection onto the residual stream starts.</param>
    /// <param name="rope">Rotary positions.</param>
    public RotaryAttention(int width, int heads, int kvHeads, bool bias, Initial initial, Initial residualInitial, RotaryPositions rope)
        : base(heads, kvHeads, width / heads)
    {
        _rope = rope;
        int keys = kvHeads * HeadSize;
        _query = Add("q_proj", new Linear(width, width, bias, initial: initial, heads: new HeadRows(Heads, AttentionParts.Query)));
        _key = Add("k_proj", new Linear(width, keys, bias, initial: initial, heads: new HeadRows(Heads, AttentionParts.Key)));
        _value = Add("v_proj", new Linear(width, keys, bias, initial: initial, heads: new HeadRows(Heads, AttentionParts.Value)));
        _output = Add("o_proj", new Linear(width, width, bias: false, ParameterRole.HiddenMatrix, residualInitial));
    }

    /// <inheritdoc/>
    public override bool IsFused => false;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor n, Tensor residual, KeyValueCache? cache, int layer)
    {
        int heads = Heads.Heads, kvHeads = Heads.KvHeads, position = cache?.Length ?? 0;
        Tensor q = _rope.Rotate(_query.Forward(n), heads, heads, position);
        Tensor k = _rope.Rotate(_key.Forward(n), kvHeads, kvHeads, position);
        Tensor v = _value.Forward(n);
        if (Precision == Precision.Bfloat16)
        {
            q = RoundToBfloat16.Apply(q, inPlace: true);
            k = RoundToBfloat16.Apply(k, inPlace: true);
            v = RoundToBfloat16.Apply(v, inPlace: true);
        }
        Tensor attended = cache is null ? Attention.Apply(q, k, v, heads, kvHeads, maxLogit: Heads.ForPass(), precision: Precision) : Attention.Cached(q, k, v, cache, layer, Precision);
        if (cache is null) Heads.Passed();
        foreach (Tensor operand in (ReadOnlySpan<Tensor>)[q, k, v]) Drop(operand, hasOneReader: true);
        return _output.Forward(attended, Activation.None, residual);
    }

    /// <inheritdoc/>
    protected override void OnInitialized(ComputeContext context) => _rope.Prepare(context);
}
