using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// The keys and values of one sequence's earlier tokens, layer by layer, so that generating a token costs one token's
/// forward pass. It lives as long as its context; nothing in it carries a gradient.
/// </summary>
public sealed class KeyValueCache
{
    private readonly BufferView[] _layers;
    private readonly int _heads;
    private readonly int _kvHeads;
    private readonly int _headSize;
    private readonly bool _fused;

    /// <summary>An empty cache.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="layers">Number of attention layers.</param>
    /// <param name="capacity">The longest sequence.</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="kvHeads">Key–value heads.</param>
    /// <param name="headSize">Size of a head.</param>
    /// <param name="fused">Whether the layers project queries, keys and values side by side; their rows are then kept whole.</param>
    public KeyValueCache(ComputeContext context, int layers, int capacity, int heads, int kvHeads, int headSize, bool fused)
    {
        ArgumentNullException.ThrowIfNull(context);
        (Capacity, _heads, _kvHeads, _headSize, _fused) = (capacity, heads, kvHeads, headSize, fused);
        int width = (fused ? heads + 2 * kvHeads : 2 * kvHeads) * headSize;
        _layers = [.. Enumerable.Range(0, layers).Select(_ => context.Persistent((long)capacity * width))];
    }

    /// <summary>Tokens held.</summary>
    public int Length { get; private set; }

    /// <summary>The most tokens it can hold.</summary>
    public int Capacity { get; }

    /// <summary>Forgets all tokens.</summary>
    public void Clear() => Length = 0;

    /// <summary>Counts tokens that every layer has stored.</summary>
    /// <param name="tokens">How many.</param>
    public void Advance(int tokens) => Length += tokens;

    /// <summary>Keeps the rows of a fused projection, (1,T,(heads + 2·kvHeads)·d), behind those before.</summary>
    /// <returns>Sizes, strides and places of the attention of these tokens to all.</returns>
    internal (AttentionShape Shape, BufferView Q, BufferView K, BufferView V) Store(int layer, Tensor qkv)
    {
        Shape shape = qkv.Shape;
        int width = (_heads + 2 * _kvHeads) * _headSize;
        if (!_fused || shape.Rank != 3 || shape[0] != 1 || shape[2] != width) throw Errors.Shape("attention", shape, $"this key–value cache is for (1,T,{width}), {(_fused ? "one sequence" : "separate projections")}");
        int tokens = Fit(shape);
        BufferView rows = _layers[layer];
        qkv.Context.Backend.Copy(qkv.Data, rows.Slice((long)Length * width, (long)tokens * width));
        AttentionShape settings = Settings(tokens, width, width, width);
        (BufferView q, BufferView k, BufferView v) = AttentionShapes.Split(settings, rows.Slice(0, (long)(Length + tokens) * width));
        return (settings, q.Slice((long)Length * width, q.Length - (long)Length * width), k, v);
    }

    /// <summary>Keeps keys and values, each (1,T,kvHeads·d), behind those before.</summary>
    /// <returns>Sizes, strides and places of the attention of these tokens to all.</returns>
    internal (AttentionShape Shape, BufferView Q, BufferView K, BufferView V) Store(int layer, Tensor q, Tensor k, Tensor v)
    {
        int width = _kvHeads * _headSize;
        Shape shape = q.Shape;
        if (_fused || shape.Rank != 3 || shape[0] != 1 || shape[2] != _heads * _headSize) throw Errors.Shape("attention", shape, $"this key–value cache is for queries (1,T,{_heads * _headSize}), {(_fused ? "fused with keys and values" : "one sequence")}");
        Shape expected = [1, shape[1], width];
        if (k.Shape != expected || v.Shape != expected) throw Errors.Shapes("attention", k.Shape, v.Shape, $"keys and values must be (1,{shape[1]},{width})");
        int tokens = Fit(shape);
        BufferView keys = _layers[layer].Slice(0, (long)Capacity * width), values = _layers[layer].Slice((long)Capacity * width, (long)Capacity * width);
        q.Context.Backend.Copy(k.Data, keys.Slice((long)Length * width, (long)tokens * width));
        q.Context.Backend.Copy(v.Data, values.Slice((long)Length * width, (long)tokens * width));
        return (Settings(tokens, _heads * _headSize, width, width), q.Data, keys.Slice(0, (long)(Length + tokens) * width), values.Slice(0, (long)(Length + tokens) * width));
    }

    private int Fit(Shape shape) => Length + shape[1] <= Capacity ? shape[1] : throw Errors.Shape("attention", shape, $"the key–value cache holds {Length} of at most {Capacity} tokens; clear it first");

    private AttentionShape Settings(int tokens, int queryStride, int keyStride, int valueStride) => new()
    {
        Batch = 1,
        QueryLength = tokens,
        KeyLength = Length + tokens,
        Heads = _heads,
        KvHeads = _kvHeads,
        QkSize = _headSize,
        ValueSize = _headSize,
        QueryStride = queryStride,
        KeyStride = keyStride,
        ValueStride = valueStride,
        Scale = 1 / Math.Sqrt(_headSize),
        QueryOffset = Length,
    };
}
