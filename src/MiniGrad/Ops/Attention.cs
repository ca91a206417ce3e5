using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// <c>O = P·V</c>, <c>P = softmax(scale·QKᵀ + mask)</c>, per sequence and head. Backward, with <c>D = Σ dO ⊙ O</c> a row:
/// <c>dV = Pᵀ·dO</c>, <c>dS = P ⊙ (dO·Vᵀ − D)</c>, <c>dQ = scale·dS·K</c>, <c>dK = scale·dSᵀ·Q</c>, where P is made again
/// from the log-sum-exp of each row, which alone is kept (Dao et al. 2022, "FlashAttention", appendix B).
/// </summary>
public sealed class Attention : Op
{
    private static readonly Attention Instance = new();

    private readonly record struct Settings(AttentionShape Shape, bool Fused);

    private Attention()
    {
    }

    /// <inheritdoc/>
    public override string Name => "attention";

    /// <summary>Self-attention over one fused projection, read in place.</summary>
    /// <param name="qkv">Query, key and value heads side by side, (B,T,(heads + 2·kvHeads)·d).</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="kvHeads">Key–value heads (grouped-query attention), a divisor of heads; as many as heads by default.</param>
    /// <param name="scale">Factor of the scores; 1/√d by default.</param>
    /// <param name="causal">Whether a token sees only itself and earlier ones.</param>
    /// <param name="maxLogit">Receives the largest scaled score of each head over the batch, one a head; nothing by default.</param>
    /// <param name="precision">What these products and those of the backward pass round their operands to.</param>
    /// <returns>The result, (B,T,heads·d).</returns>
    /// <exception cref="ArgumentException">Shape or heads do not fit.</exception>
    public static Tensor Apply(Tensor qkv, int heads, int? kvHeads = null, double? scale = null, bool causal = true, BufferView maxLogit = default, Precision precision = Precision.Float32)
    {
        ComputeContext context = qkv.Context;
        bool tracked = context.Tracks(Instance.Name, qkv);
        AttentionShape shape = AttentionShapes.Fused(Instance.Name, qkv.Shape, heads, kvHeads ?? heads, scale, causal) with { Precision = precision };
        (BufferView y, BufferView logSumExp) = Run(context, shape, new AttentionInputs(context, shape, qkv.Slot), maxLogit, tracked);
        OpState state = OpState.With(new Settings(shape, Fused: true)) with { Saved0 = logSumExp };
        return context.Record(Instance, y, [shape.Batch, shape.QueryLength, heads * shape.ValueSize], state, qkv);
    }

    /// <summary>Attention of separate queries, keys and values, as with a key–value cache.</summary>
    /// <param name="q">Queries, (B,Tq,heads·d).</param>
    /// <param name="k">Keys, (B,Tk,kvHeads·d).</param>
    /// <param name="v">Values, (B,Tk,kvHeads·dv); dv may differ from d.</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="kvHeads">Key–value heads (grouped-query attention), a divisor of heads; as many as heads by default.</param>
    /// <param name="scale">Factor of the scores; 1/√d by default.</param>
    /// <param name="causal">Whether query t sees only keys up to position t + queryOffset.</param>
    /// <param name="queryOffset">Position of the first query among the keys: Tk − Tq behind a key–value cache.</param>
    /// <param name="maxLogit">Receives the largest scaled score of each head over the batch, one a head; nothing by default.</param>
    /// <param name="precision">What these products and those of the backward pass round their operands to.</param>
    /// <returns>The result, (B,Tq,heads·dv).</returns>
    /// <exception cref="ArgumentException">Shapes or heads do not fit.</exception>
    public static Tensor Apply(Tensor q, Tensor k, Tensor v, int heads, int? kvHeads = null, double? scale = null, bool causal = true, int queryOffset = 0, BufferView maxLogit = default, Precision precision = Precision.Float32)
    {
        ComputeContext context = q.Context;
        bool tracked = context.Tracks(Instance.Name, q, k, v);
        AttentionShape shape = AttentionShapes.Separate(Instance.Name, q.Shape, k.Shape, v.Shape, heads, kvHeads ?? heads, scale, causal, queryOffset) with { Precision = precision };
        (BufferView y, BufferView logSumExp) = Run(context, shape, new AttentionInputs(context, shape, q.Slot, k.Slot, v.Slot), maxLogit, tracked);
        OpState state = OpState.With(new Settings(shape, Fused: false)) with { Saved0 = logSumExp };
        return context.Record(Instance, y, [shape.Batch, shape.QueryLength, heads * shape.ValueSize], state, q, k, v);
    }

    /// <summary>Attention of new tokens to themselves and to those in a key–value cache, which takes them in. No gradient flows.</summary>
    /// <param name="qkv">Query, key and value heads of the new tokens side by side, (1,T,(heads + 2·kvHeads)·d).</param>
    /// <param name="cache">The tokens before.</param>
    /// <param name="layer">Which layer of the cache.</param>
    /// <param name="precision">What the products round their operands to.</param>
    /// <returns>The result, (1,T,heads·d).</returns>
    /// <exception cref="ArgumentException">Shapes do not fit the cache.</exception>
    /// <exception cref="InvalidOperationException">A gradient would have to flow: it is not under NoGrad.</exception>
    public static Tensor Cached(Tensor qkv, KeyValueCache cache, int layer, Precision precision = Precision.Float32)
    {
        ArgumentNullException.ThrowIfNull(cache);
        Untracked(qkv.Context.Tracks(Instance.Name, qkv));
        (AttentionShape shape, BufferView q, BufferView k, BufferView v) = cache.Store(layer, qkv);
        return qkv.Context.Record(Instance, Run(qkv.Context, shape, new AttentionInputs(shape with { Precision = precision }, q, k, v), default, tracked: false).Output, [1, shape.QueryLength, shape.Heads * shape.ValueSize], default, qkv);
    }

    /// <inheritdoc cref="Cached(Tensor, KeyValueCache, int, Precision)"/>
    /// <param name="q">Queries of the new tokens, (1,T,heads·d).</param>
    /// <param name="k">Their keys, (1,T,kvHeads·d).</param>
    /// <param name="v">Their values, (1,T,kvHeads·d).</param>
    /// <param name="cache">The tokens before.</param>
    /// <param name="layer">Which layer of the cache.</param>
    /// <param name="precision">What the products round their operands to.</param>
    public static Tensor Cached(Tensor q, Tensor k, Tensor v, KeyValueCache cache, int layer, Precision precision = Precision.Float32)
    {
        ArgumentNullException.ThrowIfNull(cache);
        Untracked(q.Context.Tracks(Instance.Name, q, k, v));
        (AttentionShape shape, BufferView queries, BufferView keys, BufferView values) = cache.Store(layer, q, k, v);
        return q.Context.Record(Instance, Run(q.Context, shape, new AttentionInputs(shape with { Precision = precision }, queries, keys, values), default, tracked: false).Output, [1, shape.QueryLength, shape.Heads * shape.ValueSize], default, q);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        (AttentionShape shape, bool fused) = entry.State.Settings<Settings>();
        if (fused)
        {
            GradientTarget target = entry.GradientOf(0);
            (BufferView dQ, BufferView dK, BufferView dV) = AttentionShapes.Split(shape, target.View);
            new AttentionInputs(entry.Context, shape, entry.InputSlot(0)).Backward(entry, dQ, dK, dV, target.Accumulate);
            entry.DoneWith(0);
            return;
        }
        FreshGradient queries = new(entry, 0), keys = new(entry, 1), values = new(entry, 2);
        new AttentionInputs(entry.Context, shape, entry.InputSlot(0), entry.InputSlot(1), entry.InputSlot(2)).Backward(entry, queries.View, keys.View, values.View, accumulate: false);
        for (int input = 0; input < 3; input++) entry.DoneWith(input);
        queries.Finish(entry);
        keys.Finish(entry);
        values.Finish(entry);
    }

    private static void Untracked(bool tracked)
    {
        if (tracked) throw new InvalidOperationException("attention: a key–value cache keeps no gradients; wrap the computation in 'using var noGrad = context.NoGrad();'");
    }

    private static (BufferView Output, BufferView LogSumExp) Run(ComputeContext context, in AttentionShape shape, in AttentionInputs inputs, BufferView maxLogit, bool tracked)
    {
        if (!maxLogit.IsEmpty && maxLogit.Length != shape.Heads) throw Errors.Setting(Instance.Name, "the length of maxLogit", maxLogit.Length, $"it must be one element a head, {shape.Heads}");
        long rows = (long)shape.Batch * shape.QueryLength * shape.Heads;
        BufferView y = context.Allocate(rows * shape.ValueSize), logSumExp = context.Allocate(rows);
        inputs.Forward(context.Backend, y, logSumExp, maxLogit);
        if (!tracked) context.Arena.Release(logSumExp);
        return (y, logSumExp);
    }
}
