using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>The sizes and strides of <see cref="Attention"/>, checked.</summary>
internal static class AttentionShapes
{
    /// <summary>Queries, keys and values side by side in one tensor.</summary>
    public static AttentionShape Fused(string op, Shape qkv, int heads, int kvHeads, double? scale, bool causal)
    {
        CheckHeads(op, heads, kvHeads);
        int all = heads + 2 * kvHeads;
        if (qkv.Rank != 3 || qkv.Count == 0 || qkv[2] % all != 0) throw Errors.Shape(op, qkv, $"it must be (B,T,{all}·d) and not empty: {heads} query, {kvHeads} key and {kvHeads} value heads side by side");
        int size = qkv[2] / all;
        return new AttentionShape
        {
            Batch = qkv[0],
            QueryLength = qkv[1],
            KeyLength = qkv[1],
            Heads = heads,
            KvHeads = kvHeads,
            QkSize = size,
            ValueSize = size,
            QueryStride = qkv[2],
            KeyStride = qkv[2],
            ValueStride = qkv[2],
            Scale = scale ?? 1 / Math.Sqrt(size),
            Causal = causal,
        };
    }

    /// <summary>Three tensors.</summary>
    public static AttentionShape Separate(string op, Shape q, Shape k, Shape v, int heads, int kvHeads, double? scale, bool causal, int queryOffset)
    {
        CheckHeads(op, heads, kvHeads);
        if (q.Rank != 3 || q.Count == 0 || q[2] % heads != 0) throw Errors.Shape(op, q, $"the queries must be (B,T,{heads}·d) and not empty");
        int size = q[2] / heads;
        if (k.Rank != 3 || k[0] != q[0] || k[1] == 0 || k[2] != kvHeads * size) throw Errors.Shapes(op, q, k, $"the keys must be ({q[0]},T,{kvHeads * size}): {kvHeads} heads of the queries' size {size}");
        if (v.Rank != 3 || v[0] != k[0] || v[1] != k[1] || v[2] == 0 || v[2] % kvHeads != 0) throw Errors.Shapes(op, k, v, $"the values must be ({k[0]},{k[1]},{kvHeads}·dv), one token for each key");
        if (queryOffset < 0) throw Errors.Setting(op, "queryOffset", queryOffset, "it must be at least 0");
        return new AttentionShape
        {
            Batch = q[0],
            QueryLength = q[1],
            KeyLength = k[1],
            Heads = heads,
            KvHeads = kvHeads,
            QkSize = size,
            ValueSize = v[2] / kvHeads,
            QueryStride = q[2],
            KeyStride = k[2],
            ValueStride = v[2],
            Scale = scale ?? 1 / Math.Sqrt(size),
            Causal = causal,
            QueryOffset = queryOffset,
        };
    }

    /// <summary>Where queries, keys and values begin in a fused tensor or its gradient.</summary>
    public static (BufferView Q, BufferView K, BufferView V) Split(in AttentionShape shape, BufferView qkv)
    {
        long keys = (long)shape.Heads * shape.QkSize, values = keys + (long)shape.KvHeads * shape.QkSize;
        return (qkv, qkv.Slice(keys, qkv.Length - keys), qkv.Slice(values, qkv.Length - values));
    }

    private static void CheckHeads(string op, int heads, int kvHeads)
    {
        if (heads < 1) throw Errors.Setting(op, "heads", heads, "it must be at least 1");
        if (kvHeads < 1 || heads % kvHeads != 0) throw Errors.Setting(op, "kvHeads", kvHeads, $"it must divide the {heads} heads");
    }
}
