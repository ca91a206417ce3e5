using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Backends;

/// <summary>Kernels of every back end against the oracle, at random sizes around those of tiles and groups.</summary>
[Collection(DeviceCollection.Name)]
public sealed class BackendAgreementTests
{
    private static readonly int[] Sizes = [1, 2, 3, 7, 16, 17, 31, 33, 63, 64, 65, 100, 129, 200];

    public static TheoryData<string> Names => NamedBackends.All;

    public static TheoryData<string> Products => NamedBackends.Products;

    [Theory]
    [MemberData(nameof(Products))]
    public void The_tour_of_all_kernels(string name)
    {
        using var oracle = new KernelTour(new MiniGrad.Backends.Reference.ReferenceBackend<double>(), 11);
        using var found = new KernelTour(NamedBackends.Open(name), 11);
        using var again = new KernelTour(NamedBackends.Open(name), 11);
        oracle.Run();
        found.Run();
        again.Run();
        double[][] expected = oracle.Results, results = found.Results;
        for (int i = 0; i < expected.Length; i++) BackendExtensions.AssertClose(expected[i], results[i], 1e-5, $"{name}: output {i}");
        Assert.Equal(results, again.Results);
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void Matrix_products(string name) => Repeat(name, 24, (rig, seed) =>
    {
        int m = Size(rig, name), n = Size(rig, name), k = Size(rig, name), batch = seed % 4 == 0 ? 3 : 1;
        bool a = seed % 2 == 1, b = seed / 2 % 2 == 1, epilogue = seed % 3 == 0;
        int leadingA = (a ? m : k) + (seed % 5), leadingB = (b ? k : n) + (seed % 3), leadingC = n + (seed % 2);
        long ofA = (long)leadingA * (a ? k : m), ofB = (long)leadingB * (b ? n : k), ofC = (long)leadingC * m;
        BufferView[] x = rig.Real(batch * ofA), y = rig.Real(seed % 8 == 0 ? ofB : batch * ofB), c = rig.Real(batch * ofC), bias = rig.Real(n), z = rig.Real(batch * ofC), residual = rig.Real(batch * ofC);
        rig.Run((backend, at) => backend.Gemm(new GemmCall
        {
            A = x[at],
            B = y[at],
            C = c[at],
            M = m,
            N = n,
            K = k,
            TransposeA = a,
            TransposeB = b,
            LeadingA = leadingA,
            LeadingB = leadingB,
            LeadingC = leadingC,
            Batch = batch,
            StrideA = ofA,
            StrideB = seed % 8 == 0 ? 0 : ofB,
            StrideC = ofC,
            Alpha = 0.7,
            Accumulate = seed % 5 == 0,
            Bias = epilogue ? bias[at] : default,
            PreActivation = epilogue ? z[at] : default,
            Residual = epilogue ? residual[at] : default,
            Activation = epilogue ? (Activation)(seed % 4) : Activation.None,
        }));
        rig.Check(c, terms: 2 * k);
        rig.Check(z, terms: 2 * k);
    });

    [Theory]
    [MemberData(nameof(Products))]
    public void Symmetric_products(string name) => Repeat(name, 10, (rig, seed) =>
    {
        int n = Size(rig, name), k = Size(rig, name);
        BufferView[] p = rig.Real((long)n * k), c = rig.Real((long)n * n), d = rig.Real((long)n * n);
        rig.Run((backend, at) =>
        {
            // D must be symmetric: P·Pᵀ of other numbers.
            backend.SymmetricProduct(new SymmetricCall { P = p[at], Q = p[at], C = d[at], N = n, K = k, Transposed = seed % 3 == 0, Alpha = 0.1 });
            backend.SymmetricProduct(new SymmetricCall { P = p[at], Q = p[at], C = c[at], N = n, K = k, Alpha = -0.5, D = seed % 2 == 0 ? d[at] : default, Beta = 2, Diagonal = seed });
        });
        rig.Check(c, terms: 2 * k);
    });

    /// <summary>Sizes around the edges of the large tile, of 128×128, in every orientation, with operands whose rows begin at multiples of 16 bytes and others.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Products_of_large_tiles(string name)
    {
        Assert.SkipWhen(NamedBackends.IsSlow(name), "too large for ILGPU's debugger");
        int[] sizes = [65, 127, 128, 129, 132, 256, 260], depths = [1, 7, 8, 9, 20, 64];
        Repeat(name, 16, (rig, seed) =>
        {
            int m = sizes[(seed * 3) % sizes.Length], n = sizes[((seed * 5) + 1) % sizes.Length], k = depths[seed % depths.Length], batch = 1 + (seed % 3), pad = seed % 4 == 3 ? 1 : 0;
            bool a = seed % 2 == 1, b = seed / 2 % 2 == 1;
            int leadingA = (a ? m : k) + pad, leadingB = (b ? k : n) + pad;
            long ofA = (long)leadingA * (a ? k : m), ofB = (long)leadingB * (b ? n : k), ofC = (long)n * m;
            BufferView[] x = rig.Real(batch * ofA, aligned: pad == 0), y = rig.Real(batch * ofB, aligned: pad == 0), c = rig.Real(batch * ofC), s = rig.Real((long)batch * m * m);
            BufferView[] p = rig.Real((long)batch * m * k, aligned: pad == 0);
            rig.Run((backend, at) =>
            {
                backend.Gemm(new GemmCall { A = x[at], B = y[at], C = c[at], M = m, N = n, K = k, TransposeA = a, TransposeB = b, LeadingA = leadingA, LeadingB = leadingB, LeadingC = n, Batch = batch, StrideA = ofA, StrideB = ofB, StrideC = ofC, Alpha = 0.7, Accumulate = seed % 3 == 0 });
                backend.SymmetricProducts(batch, new SymmetricCall { P = p[at], Q = p[at], C = s[at], N = m, K = k, Transposed = a, Alpha = -0.5, Diagonal = seed });
            });
            rig.Check(c, terms: 2 * k);
            rig.Check(s, terms: 2 * k);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Attention_and_its_gradients(string name) => Repeat(name, 10, (rig, seed) =>
    {
        int group = 1 + (seed % 3), kvHeads = 1 + (seed % 2), heads = group * kvHeads, qk = 2 * (1 + rig.Random.Next(NamedBackends.IsSlow(name) ? 10 : 40)), vs = seed % 2 == 0 ? qk : 1 + rig.Random.Next(NamedBackends.IsSlow(name) ? 20 : 70);
        int tq = Math.Min(80, Size(rig, name)), cached = seed % 4 == 0 ? 5 : 0, tk = tq + cached, batch = 1 + (seed % 2), stride = (heads * qk) + (kvHeads * (qk + vs));
        var shape = new AttentionShape { Batch = batch, QueryLength = tq, KeyLength = tk, Heads = heads, KvHeads = kvHeads, QkSize = qk, ValueSize = vs, QueryStride = stride, KeyStride = stride, ValueStride = stride, Scale = 0.3, Causal = seed % 3 != 0, QueryOffset = cached };
        BufferView[] q = rig.Real((long)batch * tk * stride), o = rig.Real((long)batch * tq * heads * vs), lse = rig.Real((long)batch * tq * heads), max = rig.Real(heads), dO = rig.Real((long)batch * tq * heads * vs), d = rig.Real((long)batch * tk * stride);
        rig.Run((backend, at) =>
        {
            int k = heads * qk, v = k + (kvHeads * qk);
            BufferView keys = q[at].Slice(k, q[at].Length - k), values = q[at].Slice(v, q[at].Length - v);
            backend.Attention(shape, q[at], keys, values, o[at], lse[at], max[at]);
            backend.AttentionBackward(shape, q[at], keys, values, o[at], lse[at], dO[at], d[at], d[at].Slice(k, d[at].Length - k), d[at].Slice(v, d[at].Length - v), seed % 2 == 0);
        });
        rig.Check(o, terms: 10);
        rig.Check(lse, terms: 20);
        rig.Check(max, terms: 20);
        rig.Check(d, terms: 100 + (4 * tk * group));
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Selection(string name) => Repeat(name, 16, (rig, seed) =>
    {
        int outer = 1 + (seed % 5), axis = Size(rig, name), inner = seed % 2 == 0 ? 1 : 1 + (seed % 7);
        long n = (long)outer * axis * inner, results = (long)outer * inner;
        BufferView[] x = rig.Real(n), largest = rig.Real(results), chosen = rig.Real(n), other = rig.Real(results), y = rig.Real(n), condition = rig.Real(n), part = rig.Real(n);
        BroadcastLayout layout = BroadcastLayout.For([outer, axis, inner], [outer, 1, inner])!.Value;
        rig.Run((backend, at) =>
        {
            if (seed % 3 == 0) backend.Unary(UnaryOperation.Sign, x[at], x[at]); // of equals the first
            backend.MaxAxis(outer, axis, inner, x[at], largest[at], chosen[at], default);
            backend.Compare((Comparison)(seed % 3), layout, x[at], other[at], condition[at]);
            backend.Select(condition[at], x[at], chosen[at], y[at]);
            backend.CopyRows(outer, axis, x[at], axis * inner, part[at], axis * inner, accumulate: seed % 2 == 0);
        });
        rig.Check(largest, terms: 1);
        rig.Check(chosen, terms: 1);
        rig.Check(condition, terms: 1);
        rig.Check(y, terms: 1);
        rig.Check(part, terms: 2);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Norms_and_softmax(string name) => Repeat(name, 8, (rig, seed) =>
    {
        int rows = Size(rig, name), columns = Size(rig, name) * (NamedBackends.IsSlow(name) ? 1 : 3);
        long n = (long)rows * columns;
        BufferView[] x = rig.Real(n, -1, 3), w = rig.Real(columns), b = rig.Real(columns), y = rig.Real(n), mean = rig.Real(rows), rstd = rig.Real(rows), dY = rig.Real(n), dX = rig.Real(n), dW = rig.Real(columns), dB = rig.Real(columns), p = rig.Real(n), dP = rig.Real(n), r = rig.Real(n), dR = rig.Real(n), rms = rig.Real(rows);
        rig.Run((backend, at) =>
        {
            backend.LayerNorm(rows, columns, 1e-3, x[at], w[at], seed % 2 == 0 ? default : b[at], y[at], mean[at], rstd[at]);
            backend.LayerNormBackward(rows, columns, x[at], w[at], mean[at], rstd[at], dY[at], dX[at], seed % 2 == 0, dW[at], seed % 3 == 0, dB[at], seed % 3 != 0);
            backend.RmsNorm(rows, columns, 1e-3, x[at], w[at], r[at], rms[at]);
            backend.RmsNormBackward(rows, columns, x[at], w[at], rms[at], dY[at], dR[at], seed % 2 != 0, default, false);
            backend.Softmax(rows, columns, x[at], p[at]);
            backend.SoftmaxBackward(rows, columns, p[at], dY[at], dP[at], seed % 2 == 0);
        });
        rig.Check(y, terms: 20);
        rig.Check(dX, terms: 100);
        rig.Check(dW, terms: 4 * rows);
        rig.Check(dB, terms: 2 * rows);
        rig.Check(r);
        rig.Check(dR, terms: 100);
        rig.Check(p);
        rig.Check(dP);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Embeddings_and_cross_entropy(string name) => Repeat(name, 6, (rig, seed) =>
    {
        int rows = Size(rig, name), columns = Size(rig, name), classes = 2 + Size(rig, name);
        int[] ids = [.. Enumerable.Range(0, rows).Select(_ => rig.Random.Next(Math.Min(classes, 5)))], labels = [.. ids.Select((id, i) => i % 7 == 3 ? -1 : id)];
        BufferView[] table = rig.Real((long)classes * columns), y = rig.Real((long)rows * columns), dTable = rig.Real((long)classes * columns), tokens = rig.Ids(ids), targets = rig.Ids(labels);
        BufferView[] logits = rig.Real((long)rows * classes, -9, 9), losses = rig.Real(rows), lse = rig.Real(rows), one = rig.Real(1), dLogits = rig.Real((long)rows * classes);
        rig.Run((backend, at) =>
        {
            backend.Gather(rows, columns, table[at], tokens[at], y[at]);
            backend.ScatterAdd(rows, columns, classes, tokens[at], y[at], dTable[at], seed % 2 == 0);
            backend.CrossEntropy(rows, classes, logits[at], targets[at], losses[at], lse[at]);
            backend.CrossEntropyBackward(rows, classes, 0.3, logits[at], targets[at], lse[at], one[at], dLogits[at], seed % 2 == 0);
        });
        rig.Check(y, tolerance: 0);
        rig.Check(dTable, terms: 2 * rows);
        rig.Check(losses);
        rig.Check(lse);
        rig.Check(dLogits);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Reductions_of_long_and_broadcast_operands(string name) => Repeat(name, 6, (rig, seed) =>
    {
        int b = 1 + (seed % 3), t = Size(rig, name) * (NamedBackends.IsSlow(name) ? 1 : 5), c = Size(rig, name);
        long n = (long)b * t * c;
        BufferView[] x = rig.Real(n), y = rig.Real(n), dot = rig.Real(1), norm = rig.Real(1), rows = rig.Real((long)b * t), columns = rig.Real(c), middle = rig.Real(t), sums = rig.Real((long)b * c), expanded = rig.Real(n), all = rig.Real(1);
        BroadcastLayout ofMiddle = BroadcastLayout.For([t, 1], [b, t, c])!.Value, ofColumns = BroadcastLayout.For([c], [b, t, c])!.Value, ofOne = BroadcastLayout.For([1], [b, t, c])!.Value;
        rig.Run((backend, at) =>
        {
            backend.Dot(x[at], y[at], dot[at]);
            backend.Norm(x[at], norm[at]);
            backend.SumAxis((long)b * t, c, 1, 0.5, x[at], rows[at], seed % 2 == 0);
            backend.SumAxis(b, t, c, 0.5, x[at], sums[at], seed % 2 == 0);
            backend.ReduceToA(ofMiddle, 2, x[at], middle[at], seed % 2 == 0);
            backend.ReduceToA(ofColumns, 2, x[at], columns[at], seed % 2 == 0);
            backend.ReduceToA(ofOne, 2, x[at], all[at], seed % 2 == 0);
            backend.ExpandA(ofMiddle, 2, middle[at], expanded[at], seed % 2 == 0);
        });
        rig.Check(dot, terms: 4 * n);
        rig.Check(norm);
        rig.Check(rows, terms: 2 * c);
        rig.Check(sums, terms: 2 * t);
        rig.Check(middle, terms: 4 * b * c);
        rig.Check(columns, terms: 4 * b * t);
        rig.Check(all, terms: 4 * n);
        rig.Check(expanded, terms: 8 * b * c);
    });

    private static void Repeat(string name, int seeds, Action<BackendAgreement, int> test)
    {
        for (int seed = 0; seed < (Effort.IsFull ? 8 * seeds : seeds); seed++)
        {
            using var rig = new BackendAgreement(name, seed);
            test(rig, seed);
        }
    }

    private static int Size(BackendAgreement rig, string name) => Sizes[rig.Random.Next(NamedBackends.IsSlow(name) ? 6 : Sizes.Length)];
}
