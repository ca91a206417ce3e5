using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels;

/// <summary>
/// Attention with products in bfloat16: machine code and emulation, one thread and two, operands in float32 and in bfloat16 give
/// the same bits; the oracle's rule gives the same scores, and nearly the same of what an exponential stands in.
/// </summary>
public sealed class PairAttentionTests
{
    [Fact]
    public void Small_lengths_and_sizes_agree()
    {
        for (int length = 1; length <= 17; length++)
        {
            for (int size = 1; size <= 17; size += 1 + length % 3) Check(1000 * length + size, Plain(length, length, size, size));
        }
    }

    [Theory]
    [InlineData(1, 200, 64, 64, 1, 1)]
    [InlineData(130, 150, 40, 72, 2, 1)]
    [InlineData(96, 96, 112, 33, 2, 2)]
    [InlineData(49, 97, 7, 129, 4, 2)]
    public void Long_sequences_and_groups_agree(int queries, int keys, int qk, int value, int heads, int kvHeads)
    {
        if (CpuBackend.LaneCount == 1) (queries, keys) = (Math.Min(queries, 30), Math.Min(keys, 51));
        AttentionShape shape = Plain(queries, keys, qk, value) with { Batch = 2, Heads = heads, KvHeads = kvHeads, QueryOffset = keys - queries };
        Check(1, shape);
        Check(2, shape with { Causal = false });
        Check(3, shape with { QueryOffset = -3 });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Result_and_gradients_err_by_what_rounding_the_operands_explains(bool causal)
    {
        AttentionShape shape = Plain(25, 25, 12, 20) with { Causal = causal };
        Numbers x = Numbers.Draw(5, shape);
        AttentionErrors bound = AttentionErrors.Of(shape, x.Q, x.K, x.V, x.Upper);
        using var exactly = new ReferenceBackend<double>();
        float[][] exact = Run(exactly, shape, x);
        foreach (IBackend backend in (IBackend[])[new CpuBackend(1), new ReferenceBackend<float>()])
        {
            float[][] rounded = Run(backend, shape with { Precision = Precision.Bfloat16 }, x);
            Bounded("O", exact[0], rounded[0], bound.Output);
            Bounded("dQ", exact[3], rounded[3], bound.Queries);
            Bounded("dK", exact[4], rounded[4], bound.Keys);
            Bounded("dV", exact[5], rounded[5], bound.Values);
            backend.Dispose();
        }
    }

    [Fact]
    public void In_float64_nothing_is_rounded()
    {
        AttentionShape shape = Plain(9, 9, 5, 6);
        Numbers x = Numbers.Draw(1, shape);
        using var backend = new ReferenceBackend<double>();
        Assert.Equal(Run(backend, shape, x), Run(backend, shape with { Precision = Precision.Bfloat16 }, x));
    }

    private static AttentionShape Plain(int queries, int keys, int qk, int value) => new()
    {
        Batch = 1,
        QueryLength = queries,
        KeyLength = keys,
        Heads = 1,
        KvHeads = 1,
        QkSize = qk,
        ValueSize = value,
        QueryStride = 0,
        KeyStride = 0,
        ValueStride = 0,
        Scale = 1.3 / Math.Sqrt(qk),
    };

    private static void Check(int seed, AttentionShape sizes)
    {
        AttentionShape shape = sizes with { Precision = Precision.Bfloat16 };
        Numbers x = Numbers.Draw(seed, shape);
        string[] names = ["O", "lse", "largest", "dQ", "dK", "dV"];
        using var rule = new ReferenceBackend<float>();
        float[][] oracle = Run(rule, shape, x);
        using CpuBackend one = new(1), two = new(2), emulated = new(1, assembles: false);
        float[][] first = Run(one, shape, x);
        for (int i = 0; i < names.Length; i++)
        {
            if (i == 2) Assert.Equal(oracle[i], first[i]);
            else Near($"{shape}: {names[i]}", oracle[i], first[i]);
        }
        Same("two threads", first, Run(two, shape, x));
        Same("emulated", first, Run(emulated, shape, x));
        Same("kept in bfloat16", first, RunHalves(one, shape, x));

        void Same(string what, float[][] expected, float[][] found)
        {
            for (int i = 0; i < names.Length; i++)
            {
                for (int j = 0; j < expected[i].Length; j++)
                {
                    if (BitConverter.SingleToInt32Bits(expected[i][j]) != BitConverter.SingleToInt32Bits(found[i][j])) Assert.Fail($"{shape}, seed {seed}: {names[i]}[{j}] is {found[i][j]:R} {what}, expected {expected[i][j]:R}");
                }
            }
        }
    }

    // What is rounded after an exponential may go the other way.
    private static void Near(string name, float[] expected, float[] found)
    {
        double difference = 0, size = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (float.IsInfinity(expected[i]) && expected[i] == found[i]) continue;
            difference += Math.Pow(expected[i] - (double)found[i], 2);
            size += Math.Pow(expected[i], 2);
        }
        Assert.True(Math.Sqrt(difference) <= 2e-3 * Math.Sqrt(size) + 1e-6, $"{name} differs by {Math.Sqrt(difference):G3} of {Math.Sqrt(size):G3}");
    }

    // Some error there must be, too.
    private static void Bounded(string name, float[] exact, float[] found, double[] bound)
    {
        double largest = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            double error = Math.Abs(exact[i] - (double)found[i]);
            Assert.True(error <= bound[i] + 1e-6, $"{name}[{i}] errs by {error:G3}; rounding explains {bound[i]:G3}");
            if (bound[i] > 0) largest = Math.Max(largest, error / bound[i]);
        }
        Assert.True(largest > 0.005, $"{name}: nothing was rounded");
    }

    private static float[][] Run(IBackend backend, AttentionShape sizes, Numbers x)
    {
        AttentionShape shape = Numbers.Strided(sizes);
        return Run(backend, shape, x, (output, lse, largest, upper, dQ, dK, dV) =>
        {
            BufferView q = Upload(backend, x.Q), k = Upload(backend, x.K), v = Upload(backend, x.V);
            backend.Attention(shape, q, k, v, output, lse, largest);
            backend.AttentionBackward(shape, q, k, v, output, lse, upper, dQ, dK, dV, accumulate: true);
        });
    }

    // Queries and keys begin at odd places, as parts of a fused projection may.
    private static float[][] RunHalves(CpuBackend backend, AttentionShape sizes, Numbers x)
    {
        AttentionShape shape = Numbers.Strided(sizes);
        IBfloat16Storage storage = backend;
        return Run(backend, shape, x, (output, lse, largest, upper, dQ, dK, dV) =>
        {
            HalfView q = Half(x.Q, 1), k = Half(x.K, 3), v = Half(x.V, 0);
            storage.AttentionOfHalf(shape, q, k, v, output, lse, largest);
            storage.AttentionBackwardOfHalf(shape, q, k, v, output, lse, upper, dQ, dK, dV, accumulate: true);
        });

        HalfView Half(float[] numbers, int first)
        {
            BufferView whole = Upload(backend, [.. new float[first], .. numbers]), half = backend.Allocate(IBfloat16Storage.Length(whole.Length), ElementType.Real).View;
            storage.Compress(whole, half);
            return new HalfView(half, first);
        }
    }

    private static float[][] Run(IBackend backend, AttentionShape shape, Numbers x, Action<BufferView, BufferView, BufferView, BufferView, BufferView, BufferView, BufferView> kernels)
    {
        int rows = shape.Batch * shape.QueryLength * shape.Heads;
        BufferView[] results = [Upload(backend, new float[rows * shape.ValueSize]), Upload(backend, new float[rows]), Upload(backend, new float[shape.Heads]), Upload(backend, Filled(x.Q)), Upload(backend, Filled(x.K)), Upload(backend, Filled(x.V))];
        kernels(results[0], results[1], results[2], Upload(backend, x.Upper), results[3], results[4], results[5]);
        return [.. results.Select(view =>
        {
            var values = new float[view.Length];
            backend.Download(view, values);
            return values;
        })];

        // What gradients are added to.
        static float[] Filled(float[] like) => [.. like.Select((_, i) => i % 3 - 1f)];
    }

    private static BufferView Upload(IBackend backend, float[] values)
    {
        BufferView view = backend.Allocate(values.Length, ElementType.Real).View;
        backend.Upload(view, values);
        return view;
    }

    /// <summary>Operands of an attention; tokens have a number more than they need.</summary>
    private sealed record Numbers(float[] Q, float[] K, float[] V, float[] Upper)
    {
        public static Numbers Draw(int seed, AttentionShape shape)
        {
            AttentionShape s = Strided(shape);
            var random = new Random(seed);
            int queries = s.Batch * s.QueryLength, keys = s.Batch * s.KeyLength;
            return new(Some(queries * s.QueryStride), Some(keys * s.KeyStride), Some(keys * s.ValueStride), Some(queries * s.Heads * s.ValueSize));

            float[] Some(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(2 * random.NextDouble() - 1))];
        }

        public static AttentionShape Strided(AttentionShape shape) => shape with { QueryStride = shape.Heads * shape.QkSize + 1, KeyStride = shape.KvHeads * shape.QkSize + 1, ValueStride = shape.KvHeads * shape.ValueSize + 1 };
    }
}
