using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim;

/// <summary>
/// QK-clip (MuonClip; Kimi K2, arXiv 2507.20534): after the step, with S the largest logit of a head in the step's forward
/// passes and γ = min(1, τ/S), the head's rows of W_q and W_k are multiplied by √γ, those of their biases alike. A key head
/// that several query heads share (grouped-query attention) is left alone and each of its query heads takes γ itself, as
/// Kimi K2 treats the shared rotary key: no head changes the logits of another. All of it stays on the back end.
/// </summary>
internal sealed class QkClip
{
    private readonly ComputeContext _context;
    private readonly double _bound;
    private readonly List<(AttentionHeads Heads, List<Parameter> Parameters)> _layers = [];

    /// <summary>QK-clip over the attention projections among parameters.</summary>
    /// <exception cref="ArgumentException">There are none, or their queries and keys are normalized.</exception>
    public QkClip(ComputeContext context, IEnumerable<Parameter> parameters, double bound)
    {
        (_context, _bound) = (context, bound);
        foreach (Parameter parameter in parameters)
        {
            if (parameter.Heads is not { } rows || (rows.Parts & (AttentionParts.Query | AttentionParts.Key)) == 0) continue;
            if (rows.Attention.NormalizedQk) throw new ArgumentException($"qkClip: the queries and keys of '{parameter.Name}' are normalized, so their weights do not scale the logits; leave qkClip out");
            List<Parameter>? known = _layers.Find(layer => layer.Heads == rows.Attention).Parameters;
            if (known is not null) known.Add(parameter);
            else _layers.Add((rows.Attention, [parameter]));
        }
        if (_layers.Count == 0) throw new ArgumentException("qkClip needs attention layers that say their largest logits, and no parameter belongs to one; leave qkClip out");
        foreach ((AttentionHeads heads, _) in _layers) heads.Record();
    }

    /// <summary>Clips after a step; a masked step changes nothing, and a layer without a forward pass is left alone.</summary>
    public void Apply(BufferView gate)
    {
        foreach ((AttentionHeads heads, List<Parameter> parameters) in _layers)
        {
            if (heads.HasLogits) Clip(heads, parameters, gate);
            heads.Forget();
        }
    }

    private void Clip(AttentionHeads heads, List<Parameter> parameters, BufferView gate)
    {
        IBackend backend = _context.Backend;
        bool shared = heads.Heads > heads.KvHeads;
        BufferView factors = heads.LargestLogits;
        // τ/max(S, τ) is min(1, τ/S) also where S is not positive.
        for (int h = 0; h < heads.Heads; h++) backend.Scalar(ScalarOperation.DivideMax, _bound, _bound, factors.Element(h), factors.Element(h));
        if (!shared) backend.Unary(UnaryOperation.Sqrt, factors, factors);
        foreach (Parameter parameter in parameters)
        {
            HeadRows rows = parameter.Heads!.Value;
            long size = parameter.Shape.Count / rows.Count;
            for (int h = 0; h < heads.Heads; h++)
            {
                if (rows.HeadsOf(AttentionParts.Query) > 0) Scale(parameter.Data.Slice((rows.FirstOf(AttentionParts.Query) + h) * size, size), factors.Element(h), gate);
                if (!shared && rows.HeadsOf(AttentionParts.Key) > 0) Scale(parameter.Data.Slice((rows.FirstOf(AttentionParts.Key) + h) * size, size), factors.Element(h), gate);
            }
        }
    }

    private void Scale(BufferView rows, BufferView factor, BufferView gate) => _context.Backend.Axpby(1, factor, rows, 0, default, rows, gate);
}
