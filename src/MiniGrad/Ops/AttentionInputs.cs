using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>
/// Queries, keys and values as kernels take them: in bfloat16 where the ops that made them keep them so and the products round
/// them anyway, else as they are.
/// </summary>
internal readonly struct AttentionInputs
{
    private readonly AttentionShape _shape;
    private readonly BufferView _q, _k, _v;
    private readonly long _firstK, _firstV;
    private readonly IBfloat16Storage? _halves;

    /// <summary>As they are, wherever they are.</summary>
    public AttentionInputs(in AttentionShape shape, BufferView q, BufferView k, BufferView v) => (_shape, _q, _k, _v) = (shape, q, k, v);

    /// <summary>Of one fused projection.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="shape">Sizes and strides.</param>
    /// <param name="qkv">Its place in the context's table.</param>
    public AttentionInputs(ComputeContext context, in AttentionShape shape, int qkv)
    {
        _shape = shape;
        if (shape.Precision == Precision.Bfloat16 && context.HalfAt(qkv) is { IsEmpty: false } half)
        {
            (_q, _k, _v, _halves) = (half, half, half, (IBfloat16Storage)context.Backend);
            _firstK = (long)shape.Heads * shape.QkSize;
            _firstV = _firstK + (long)shape.KvHeads * shape.QkSize;
        }
        else (_q, _k, _v) = AttentionShapes.Split(shape, context.DataAt(qkv));
    }

    /// <summary>Of three tensors.</summary>
    /// <param name="context">Where they live.</param>
    /// <param name="shape">Sizes and strides.</param>
    /// <param name="q">The queries' place in the context's table.</param>
    /// <param name="k">The keys'.</param>
    /// <param name="v">The values'.</param>
    public AttentionInputs(ComputeContext context, in AttentionShape shape, int q, int k, int v)
    {
        _shape = shape;
        (_q, _k, _v) = (context.HalfAt(q), context.HalfAt(k), context.HalfAt(v));
        if (shape.Precision == Precision.Bfloat16 && !_q.IsEmpty && !_k.IsEmpty && !_v.IsEmpty) _halves = (IBfloat16Storage)context.Backend;
        else (_q, _k, _v) = (context.DataAt(q), context.DataAt(k), context.DataAt(v));
    }

    /// <summary><see cref="IAttentionKernels.Attention"/>.</summary>
    public void Forward(IBackend backend, BufferView output, BufferView logSumExp, BufferView maxLogit)
    {
        if (_halves is null) backend.Attention(_shape, _q, _k, _v, output, logSumExp, maxLogit);
        else _halves.AttentionOfHalf(_shape, new(_q, 0), new(_k, _firstK), new(_v, _firstV), output, logSumExp, maxLogit);
    }

    /// <summary><see cref="IAttentionKernels.AttentionBackward"/>.</summary>
    public void Backward(in TapeEntry entry, BufferView dQ, BufferView dK, BufferView dV, bool accumulate)
    {
        BufferView logSumExp = entry.State.Saved0;
        if (_halves is null) entry.Backend.AttentionBackward(_shape, _q, _k, _v, entry.Output, logSumExp, entry.Gradient, dQ, dK, dV, accumulate);
        else _halves.AttentionBackwardOfHalf(_shape, new(_q, 0), new(_k, _firstK), new(_v, _firstV), entry.Output, logSumExp, entry.Gradient, dQ, dK, dV, accumulate);
    }
}
