using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>Attention, one query at a time. A query that sees no key has output 0, log-sum-exp −∞ and gradient 0.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void Attention(in AttentionShape shape, BufferView q, BufferView k, BufferView v, BufferView output, BufferView logSumExp, BufferView maxLogit)
    {
        int group = Group(shape), heads = shape.Heads, qk = shape.QkSize, vs = shape.ValueSize;
        Operands(shape, q, k, v, out Span<T> queries, out Span<T> keys, out Span<T> values);
        long rows = (long)shape.Batch * shape.QueryLength;
        Span<T> to = Reals(output, rows * heads * vs), saved = Reals(logSumExp, rows * heads), largest = Optional(maxLogit, heads);
        Span<double> scratch = Scratch(shape.KeyLength + vs), scores = scratch[..shape.KeyLength], sum = scratch[shape.KeyLength..];
        largest.Fill(T.NegativeInfinity);
        for (int b = 0; b < shape.Batch; b++)
        {
            for (int h = 0; h < heads; h++)
            {
                for (int t = 0; t < shape.QueryLength; t++)
                {
                    ReadOnlySpan<T> query = Vector(queries, ((long)b * shape.QueryLength) + t, shape.QueryStride, h, qk);
                    int visible = Visible(shape, t);
                    double max = double.NegativeInfinity, total = 0;
                    for (int j = 0; j < visible; j++)
                    {
                        scores[j] = Inner(shape.Precision, shape.Scale, query, Vector(keys, ((long)b * shape.KeyLength) + j, shape.KeyStride, h / group, qk));
                        max = Math.Max(max, scores[j]);
                    }
                    sum.Clear();
                    for (int j = 0; j < visible; j++)
                    {
                        double weight = Math.Exp(scores[j] - max);
                        total += weight;
                        AddScaled(shape.Precision, weight, Vector(values, ((long)b * shape.KeyLength) + j, shape.ValueStride, h / group, vs), sum);
                    }
                    Span<T> result = to.Slice((((((b * shape.QueryLength) + t) * heads) + h) * vs), vs);
                    for (int i = 0; i < vs; i++) result[i] = Narrow(visible == 0 ? 0 : sum[i] / total);
                    saved[(((b * heads) + h) * shape.QueryLength) + t] = Narrow(max + Math.Log(total));
                    if (!largest.IsEmpty) largest[h] = Narrow(Math.Max(Wide(largest[h]), max));
                }
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// With <c>p_j = e^(s_j − logSumExp)</c> and <c>dP_j = ⟨dO, v_j⟩</c>: <c>dV_j += p_j·dO</c>,
    /// <c>dS_j = p_j·(dP_j − Σ p·dP)</c>, <c>dQ += scale·dS_j·k_j</c>, <c>dK_j += scale·dS_j·q</c>. In bfloat16 Σ p·dP is
    /// ⟨dO, O⟩, as kernels have it, since O's weights were rounded.
    /// </remarks>
    public void AttentionBackward(in AttentionShape shape, BufferView q, BufferView k, BufferView v, BufferView output, BufferView logSumExp, BufferView dOutput, BufferView dQ, BufferView dK, BufferView dV, bool accumulate)
    {
        int group = Group(shape), heads = shape.Heads, qk = shape.QkSize, vs = shape.ValueSize, length = shape.KeyLength;
        Operands(shape, q, k, v, out Span<T> queries, out Span<T> keys, out Span<T> values);
        Operands(shape, dQ, dK, dV, out Span<T> toQueries, out Span<T> toKeys, out Span<T> toValues);
        long rows = (long)shape.Batch * shape.QueryLength;
        Span<T> above = Reals(dOutput, rows * heads * vs), made = Reals(output, rows * heads * vs), saved = Reals(logSumExp, rows * heads);
        Span<double> scratch = Scratch(((long)length * (2 + qk + vs)) + qk);
        Span<double> p = scratch[..length], dP = scratch.Slice(length, length), sumK = scratch.Slice(2 * length, length * qk);
        Span<double> sumV = scratch.Slice(length * (2 + qk), length * vs), sumQ = scratch.Slice(length * (2 + qk + vs), qk);
        for (int b = 0; b < shape.Batch; b++)
        {
            for (int h = 0; h < heads; h++)
            {
                if (h % group == 0)
                {
                    sumK.Clear();
                    sumV.Clear();
                }
                for (int t = 0; t < shape.QueryLength; t++)
                {
                    ReadOnlySpan<T> query = Vector(queries, ((long)b * shape.QueryLength) + t, shape.QueryStride, h, qk);
                    ReadOnlySpan<T> dO = above.Slice((((((b * shape.QueryLength) + t) * heads) + h) * vs), vs);
                    double lse = Wide(saved[(((b * heads) + h) * shape.QueryLength) + t]), mean = 0;
                    int visible = Visible(shape, t);
                    for (int j = 0; j < visible; j++)
                    {
                        p[j] = Math.Exp(Inner(shape.Precision, shape.Scale, query, Vector(keys, ((long)b * length) + j, shape.KeyStride, h / group, qk)) - lse);
                        dP[j] = Inner(shape.Precision, 1, dO, Vector(values, ((long)b * length) + j, shape.ValueStride, h / group, vs));
                        mean += p[j] * dP[j];
                    }
                    if (InPairs(shape.Precision)) mean = Inner(dO, made.Slice((((((b * shape.QueryLength) + t) * heads) + h) * vs), vs));
                    sumQ.Clear();
                    for (int j = 0; j < visible; j++)
                    {
                        double dS = p[j] * (dP[j] - mean);
                        AddScaled(shape.Precision, dS, Vector(keys, ((long)b * length) + j, shape.KeyStride, h / group, qk), sumQ, shape.Scale);
                        AddScaled(shape.Precision, dS, query, sumK.Slice(j * qk, qk), shape.Scale);
                        AddScaled(shape.Precision, p[j], dO, sumV.Slice(j * vs, vs));
                    }
                    StoreAll(sumQ, Vector(toQueries, ((long)b * shape.QueryLength) + t, shape.QueryStride, h, qk), accumulate);
                }
                for (int j = 0; j < length && h % group == group - 1; j++)
                {
                    StoreAll(sumK.Slice(j * qk, qk), Vector(toKeys, ((long)b * length) + j, shape.KeyStride, h / group, qk), accumulate);
                    StoreAll(sumV.Slice(j * vs, vs), Vector(toValues, ((long)b * length) + j, shape.ValueStride, h / group, vs), accumulate);
                }
            }
        }
    }

    private static int Group(in AttentionShape shape) => shape.KvHeads > 0 && shape.Heads % shape.KvHeads == 0
        ? shape.Heads / shape.KvHeads
        : throw new ArgumentException($"attention: {shape.KvHeads} key–value heads do not divide {shape.Heads} query heads");

    /// <summary>How many keys, from the first, query t sees.</summary>
    private static int Visible(in AttentionShape shape, int t) => shape.Causal ? Math.Clamp(t + shape.QueryOffset + 1, 0, shape.KeyLength) : shape.KeyLength;

    /// <summary>One head's vector of one token.</summary>
    private static Span<T> Vector(Span<T> operand, long token, int stride, int head, int size) => operand.Slice(checked((int)((token * stride) + ((long)head * size))), size);

    private static double Inner(Precision precision, double scale, ReadOnlySpan<T> x, ReadOnlySpan<T> y) =>
        InPairs(precision) ? ProductInPairs(x, 0, 1, y, 0, 1, x.Length, (float)scale, null) : scale * Inner(x, y);

    // Both factors are rounded, and the sum is kept in float64.
    private static void AddScaled(Precision precision, double weight, ReadOnlySpan<T> x, Span<double> sums, double scale = 1)
    {
        if (!InPairs(precision)) AddScaled(scale * weight, x, sums);
        else for (int i = 0; i < x.Length; i++) sums[i] += scale * Bfloat16.Nearest((float)weight) * Bfloat16.Nearest((float)Wide(x[i]));
    }

    private static void StoreAll(ReadOnlySpan<double> values, Span<T> target, bool accumulate)
    {
        for (int i = 0; i < values.Length; i++) Store(ref target[i], values[i], accumulate);
    }

    private void Operands(in AttentionShape shape, BufferView q, BufferView k, BufferView v, out Span<T> queries, out Span<T> keys, out Span<T> values)
    {
        queries = Reals(q, Extent((long)shape.Batch * shape.QueryLength, shape.QueryStride, (long)shape.Heads * shape.QkSize), kernel: "Attention");
        keys = Reals(k, Extent((long)shape.Batch * shape.KeyLength, shape.KeyStride, (long)shape.KvHeads * shape.QkSize), kernel: "Attention");
        values = Reals(v, Extent((long)shape.Batch * shape.KeyLength, shape.ValueStride, (long)shape.KvHeads * shape.ValueSize), kernel: "Attention");
    }
}
