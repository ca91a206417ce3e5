using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels;

public sealed class AttentionTests
{
    [Fact]
    public void Attention_and_its_gradients_agree_with_the_oracle()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Drawn; seed++)
        {
            rig.Begin(seed);
            int kvHeads = rig.Random.Next(1, 4), heads = kvHeads * rig.Random.Next(1, 4), longest = CpuBackend.LaneCount == 1 ? 65 : 129;
            int queries = Math.Min(longest, rig.Size()), keys = seed % 3 == 0 ? Math.Min(longest, rig.Size()) : queries;
            bool causal = seed % 4 != 0;
            Check(rig, seed, new AttentionShape
            {
                Batch = rig.Random.Next(1, 3),
                QueryLength = queries,
                KeyLength = keys,
                Heads = heads,
                KvHeads = kvHeads,
                QkSize = Math.Min(longest, rig.Size(small: true)),
                ValueSize = Math.Min(longest, rig.Size(small: true)),
                QueryStride = 0,
                KeyStride = 0,
                ValueStride = 0,
                Scale = seed % 5 == 0 ? -0.2 : 0.3,
                Causal = causal,
                QueryOffset = causal ? keys - queries + rig.Random.Next(-1, 2) : 0,
            });
        }
    }

    [Fact]
    public void Every_small_length_and_size_agrees_with_the_oracle()
    {
        using var rig = new Rig();
        for (int length = 1; length <= 17; length++)
        {
            for (int size = 1; size <= 17; size++)
            {
                Check(rig, 1000 * length + size, new AttentionShape { Batch = 1, QueryLength = length, KeyLength = length, Heads = 1, KvHeads = 1, QkSize = size, ValueSize = size, QueryStride = 0, KeyStride = 0, ValueStride = 0, Scale = 1 });
            }
        }
    }

    [Theory]
    [InlineData(1, 200, 64)]
    [InlineData(130, 257, 40)]
    [InlineData(300, 300, 100)]
    public void Long_sequences_agree_with_the_oracle(int queries, int keys, int size)
    {
        if (CpuBackend.LaneCount == 1) (queries, keys) = (Math.Min(queries, 40), Math.Min(keys, 60));
        using var rig = new Rig();
        Check(rig, 1, new AttentionShape { Batch = 2, QueryLength = queries, KeyLength = keys, Heads = 2, KvHeads = 1, QkSize = size, ValueSize = size, QueryStride = 0, KeyStride = 0, ValueStride = 0, Scale = 0.2, QueryOffset = keys - queries });
    }

    [Fact]
    public void Queries_that_see_no_key_give_zero()
    {
        using var rig = new Rig();
        Check(rig, 0, new AttentionShape { Batch = 1, QueryLength = 9, KeyLength = 4, Heads = 1, KvHeads = 1, QkSize = 3, ValueSize = 5, QueryStride = 0, KeyStride = 0, ValueStride = 0, Scale = 1, QueryOffset = -7 });
        Check(rig, 1, new AttentionShape { Batch = 1, QueryLength = 9, KeyLength = 4, Heads = 2, KvHeads = 1, QkSize = 3, ValueSize = 5, QueryStride = 0, KeyStride = 0, ValueStride = 0, Scale = 1, QueryOffset = -70 });
    }

    [Fact]
    public void Groups_that_do_not_divide_the_heads_are_refused()
    {
        using var backend = new CpuBackend();
        var shape = new AttentionShape { Batch = 1, QueryLength = 1, KeyLength = 1, Heads = 3, KvHeads = 2, QkSize = 1, ValueSize = 1, QueryStride = 3, KeyStride = 2, ValueStride = 2, Scale = 1 };
        Assert.Contains("2 key–value heads do not divide 3", Assert.Throws<ArgumentException>(() => backend.Attention(shape, default, default, default, default, default, default)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Rope_agrees_with_the_oracle(bool interleaved, bool inverse)
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Drawn; seed++)
        {
            rig.Begin(seed);
            int heads = rig.Random.Next(1, 6), half = Math.Min(65, rig.Size(small: true)), length = rig.Size(small: true), batch = rig.Random.Next(1, 3), offset = rig.Random.Next(3);
            var shape = new RopeShape { Rows = batch * length, SequenceLength = length, Heads = heads, RotatedHeads = rig.Random.Next(heads + 1), HeadSize = 2 * half, PositionOffset = offset, Interleaved = interleaved, Inverse = inverse };
            long n = (long)shape.Rows * heads * shape.HeadSize;
            Operand cosine = rig.Real((length + offset) * half, -1, 1), sine = rig.Real((length + offset) * half, -1, 1), x = rig.Real(n), y = rig.Real(n);
            rig.Run<IAttentionKernels>((k, at) => k.Rope(shape, cosine[at], sine[at], x[at], y[at], seed % 2 == 0));
            rig.Check(y);
            rig.Run<IAttentionKernels>((k, at) => k.Rope(shape, cosine[at], sine[at], x[at], x[at], false));
            rig.Check(x);
        }
    }

    /// <summary>Queries, keys and values side by side in one projection, with a gap, as a fused layer makes them.</summary>
    private static void Check(Rig rig, int seed, AttentionShape sizes)
    {
        int q = sizes.Heads * sizes.QkSize, k = sizes.KvHeads * sizes.QkSize, v = sizes.KvHeads * sizes.ValueSize;
        bool fused = sizes.QueryLength == sizes.KeyLength;
        AttentionShape shape = fused ? sizes with { QueryStride = q + k + v + 1, KeyStride = q + k + v + 1, ValueStride = q + k + v + 1 } : sizes with { QueryStride = q, KeyStride = k + 2, ValueStride = v + 1 };
        rig.Begin(seed, shape.ToString());
        long queryRows = (long)shape.Batch * shape.QueryLength, keyRows = (long)shape.Batch * shape.KeyLength, outputs = queryRows * shape.Heads;
        Operand queries = rig.Real(queryRows * shape.QueryStride, -1, 1), keys = fused ? queries : rig.Real(keyRows * shape.KeyStride, -1, 1), values = fused ? queries : rig.Real(keyRows * shape.ValueStride, -1, 1);
        Operand dQueries = rig.Real(queryRows * shape.QueryStride), dKeys = fused ? dQueries : rig.Real(keyRows * shape.KeyStride), dValues = fused ? dQueries : rig.Real(keyRows * shape.ValueStride);
        Operand output = rig.Real(outputs * shape.ValueSize), lse = rig.Real(outputs), dOutput = rig.Real(outputs * shape.ValueSize, -1, 1), largest = rig.Real(shape.Heads);
        int keyOffset = fused ? q : 0, valueOffset = fused ? q + k : 0;
        rig.Run<IAttentionKernels>((kernels, at) => kernels.Attention(
            shape, queries[at], From(keys, at, keyOffset), From(values, at, valueOffset), output[at], lse[at], seed % 3 == 0 ? default : largest[at]));
        rig.Check(output, terms: 1);
        rig.Check(lse, terms: 2);
        rig.Check(largest, terms: 2);
        rig.Run<IAttentionKernels>((kernels, at) => kernels.AttentionBackward(
            shape, queries[at], From(keys, at, keyOffset), From(values, at, valueOffset), output[at], lse[at], dOutput[at], dQueries[at], From(dKeys, at, keyOffset), From(dValues, at, valueOffset), seed % 2 == 0));
        rig.Check(dQueries, terms: 10);
        rig.Check(dKeys, terms: 10);
        rig.Check(dValues, terms: 10);
    }

    private static BufferView From(Operand operand, int at, int offset) => operand[at].Slice(offset, operand[at].Length - offset);
}
