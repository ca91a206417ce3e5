using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;
using MiniGrad.Optim;
using MiniGrad.Randomness;
using MiniGrad.Tensors;
using MiniGrad.Tests.Backends;

namespace MiniGrad.Tests.Optim;

/// <summary>State in bfloat16 and factored state: what is kept, how exactly, and how much room it takes.</summary>
public sealed class StateFormatTests
{
    private static BufferView Integers(ComputeContext context, int count)
    {
        BufferView view = context.Indices([count]).Data;
        context.Backend.Upload(view, new int[count]);
        return view;
    }

    private static IBackend[] HostBackends() => [new CpuBackend(1), new CpuBackend(2), new ReferenceBackend<float>()];

    private static (float[] Values, int Draws) RoundTrip(IBackend backend, RoundingKey key, float[] values, int times = 1, float gate = 1)
    {
        using var context = new ComputeContext(backend);
        BufferView x = context.Persistent(values.Length), y = context.Persistent(values.Length), open = context.Persistent(1);
        BufferView words = Integers(context, (values.Length + 1) / 2), draws = Integers(context, 1);
        backend.Upload(x, values);
        backend.Fill(open, gate);
        for (int i = 0; i < times; i++) backend.PackBfloat16(key, x, words, draws, open);
        backend.UnpackBfloat16(words, y);
        var rounded = new float[values.Length];
        var count = new int[1];
        backend.Download(y, rounded);
        backend.Download(draws, count);
        return (rounded, count[0]);
    }

    [Theory]
    [Trait("Property", "41")]
    [InlineData(1.00123f)]
    [InlineData(-0.3337f)]
    [InlineData(6.1e-12f)]
    public void Stochastic_rounding_is_unbiased_and_goes_to_a_neighbour(float value)
    {
        const int Draws = 100_000;
        float[] rounded = RoundTrip(new CpuBackend(), new RoundingKey(3, 1), [.. Enumerable.Repeat(value, Draws)]).Values;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        float below = BitConverter.UInt32BitsToSingle(bits & 0xFFFF0000), above = BitConverter.UInt32BitsToSingle((bits & 0xFFFF0000) + 0x10000);
        Assert.All(rounded, r => Assert.True(r == below || r == above, $"{r}"));
        double share = (value - (double)below) / ((double)above - below), error = rounded.Average(r => (double)r) - value;

        // Five standard deviations of the mean of that many draws.
        Assert.True(Math.Abs(error) <= 5 * Math.Abs((double)above - below) * Math.Sqrt(share * (1 - share) / Draws), $"mean error {error}");
        Assert.NotEqual(below, above);
    }

    [Fact]
    public void Rounding_is_a_function_of_seed_tensor_draw_and_element_on_every_back_end()
    {
        float[] values = [.. Enumerable.Range(0, 40_001).Select(i => new CounterRandom(7, 0).Normal((ulong)i))];
        float[][] results = [.. HostBackends().Select(backend => RoundTrip(backend, new RoundingKey(5, 9), values, times: 2).Values)];
        Assert.All(results, result => Assert.Equal(results[0], result));
        Assert.NotEqual(results[0], RoundTrip(new CpuBackend(), new RoundingKey(6, 9), values, times: 2).Values);
        Assert.NotEqual(results[0], RoundTrip(new CpuBackend(), new RoundingKey(5, 8), values, times: 2).Values);
        Assert.NotEqual(results[0], RoundTrip(new CpuBackend(), new RoundingKey(5, 9), values, times: 1).Values);
        Assert.Equal(results[0], RoundTrip(new CpuBackend(), new RoundingKey(5, 9), results[0], times: 3).Values);
    }

    [Fact]
    public void A_closed_gate_keeps_what_was_there_and_does_not_count()
    {
        foreach (IBackend backend in HostBackends())
        {
            (float[] values, int draws) = RoundTrip(backend, new RoundingKey(1, 1), [1, 2, 3], gate: 0);
            Assert.Equal([0f, 0f, 0f], values);
            Assert.Equal(0, draws);
        }
    }

    [Theory]
    [Trait("Property", "41")]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(77)]
    [InlineData(50_000)]
    public void Signs_survive_for_any_count(int count)
    {
        float[] values = [.. Enumerable.Range(0, count).Select(i => i % 5 == 0 ? 0 : new CounterRandom(2, 0).Normal((ulong)i))];
        int[]? first = null;
        foreach (IBackend backend in HostBackends())
        {
            using var context = new ComputeContext(backend);
            BufferView x = context.Persistent(count), words = Integers(context, (count + 31) / 32);
            backend.Upload(x, values);
            backend.PackSigns(x, words, default);
            backend.Upload(x, values.Select(Math.Abs).ToArray());
            backend.ApplySigns(words, x);
            var signed = new float[count];
            backend.Download(x, signed);
            Assert.Equal(values, signed);
            var packed = new int[words.Length];
            backend.Download(words, packed);
            Assert.Equal(first ??= packed, packed);
        }
    }

    [Theory]
    [InlineData(768L * 3072, 1536, 1536)]
    [InlineData(12, 4, 3)]
    [InlineData(13, 13, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(36, 6, 6)]
    public void Counts_split_into_factors_near_their_root(long count, int rows, int columns) => Assert.Equal((rows, columns), FactoredStorage.NearSquare(count));

    /// <summary>SMMF's compression, from its formula.</summary>
    private static Matrix<double> Compressed(Matrix<double> x, bool signed)
    {
        (int d1, int d2) = FactoredStorage.NearSquare(x.RowCount * x.ColumnCount);
        Matrix<double> square = Matrix<double>.Build.DenseOfRowMajor(d1, d2, x.ToRowMajorArray());
        Vector<double> r = square.PointwiseAbs().RowSums(), c = square.PointwiseAbs().ColumnSums();
        double total = c.Sum();
        Matrix<double> back = r.OuterProduct(total == 0 ? c : c / total);
        if (signed) back.MapIndexedInplace((i, j, value) => square[i, j] > 0 ? value : -value);
        return Matrix<double>.Build.DenseOfRowMajor(x.RowCount, x.ColumnCount, back.ToRowMajorArray());
    }

    [Theory]
    [InlineData("second")]
    [InlineData("both")]
    public void Factored_state_follows_its_formula(string factored)
    {
        var random = new Random(9);
        const double Beta = 0.9;
        Matrix<double> m = Matrix<double>.Build.Dense(6, 8), v = m.Clone();
        Matrix<double>[] gradients = [.. Enumerable.Range(0, 4).Select(_ => Sample.Gaussian(random, 6, 8))];
        Matrix<double>[] actual = Rig.Updates(Rig.Options("nvidia-adamuon", $"momentum={Beta}", "scale=none", $"factored={factored}"), gradients);
        for (int step = 0; step < gradients.Length; step++)
        {
            m = (Beta * m) + ((1 - Beta) * gradients[step]);
            Matrix<double> o = Rig.Updates(Rig.Options("nvidia-muon", "scale=none", "momentum=0"), m)[0];
            v = (0.95 * v) + (0.05 * o.PointwisePower(2));
            NewtonSchulzTests.AssertClose(o.PointwiseDivide(v.PointwiseSqrt() + 1e-8), actual[step], 1e-9, $"{factored}, step {step + 1}");
            if (factored == "both") m = Compressed(m, signed: true);
            v = Compressed(v, signed: false);
        }
    }

    [Fact]
    [Trait("Property", "41")]
    public void A_second_moment_of_rank_one_is_kept_exactly()
    {
        Matrix<double> rank1 = Matrix<double>.Build.Dense(8, 7, (i, j) => (i + 1.0) * (2 + j));
        NewtonSchulzTests.AssertClose(rank1, Matrix<double>.Build.DenseOfRowMajor(8, 7, Kept(rank1.ToRowMajorArray())), 1e-12, "rank one");

        double[] Kept(double[] values)
        {
            // AdamW's v after one step with β₂ = 0 is G², kept factored; it is read back by what it divides.
            Matrix<double> g = Matrix<double>.Build.DenseOfRowMajor(8, 7, [.. values.Select(Math.Sqrt)]), w = 0 * g;
            using Rig rig = Rig.Single(Rig.Options("adamw", "beta2=0", "factored=second"), w);
            rig.Step(g);
            double[] r = rig.State("w/secondMoment.rows"), c = rig.State("w/secondMoment.columns");
            return [.. r.SelectMany(row => c.Select(column => row * column))];
        }
    }

    [Theory]
    [InlineData("muon", "stateType=bfloat16", "momentum.bfloat16:1920 momentum.roundings:1", 0.501)]
    [InlineData("adamuon", "stateType=bfloat16", "momentum.bfloat16:1920 momentum.roundings:1 secondMoment.bfloat16:1920 secondMoment.roundings:1", 1.001)]
    [InlineData("adamuon", "factored=second", "momentum:3840 secondMoment.rows:64 secondMoment.columns:60", 1.04)]
    [InlineData("adamuon", "factored=both", "momentum.rows:64 momentum.columns:60 momentum.signs:120 secondMoment.rows:64 secondMoment.columns:60", 0.1)]
    [InlineData("adamuon", "factored=second stateType=bfloat16", "momentum.bfloat16:1920 momentum.roundings:1 secondMoment.rows:64 secondMoment.columns:60", 0.54)]
    [InlineData("normuon", "stateType=bfloat16", "momentum.bfloat16:1920 momentum.roundings:1 secondMoment:40", 0.52)]
    [InlineData("adamw", "factored=both", "momentum.rows:64 momentum.columns:60 momentum.signs:120 secondMoment.rows:64 secondMoment.columns:60 momentumCorrection:1 secondMomentCorrection:1", 0.1)]
    public void Formats_take_the_room_that_is_documented(string preset, string assignments, string state, double share)
    {
        Matrix<double> g = Sample.Gaussian(new Random(1), 40, 96);
        using var rig = new Rig(new CpuBackend(), Rig.Options(preset, assignments.Split(' ')), [("w", g)]);
        rig.Step(g);
        Assert.Equal(state, string.Join(' ', rig.Optimizer.State.Select(s => $"{s.Name["w/".Length..]}:{s.Data.Length}")));
        Assert.InRange(rig.Optimizer.State.Sum(s => s.Data.Length) / 3840.0, 0, share);
        Assert.All(rig.Optimizer.State, s => Assert.Equal(s, rig.Optimizer.RequireState(s.Name)));
    }

    [Theory]
    [InlineData("muon", "stateType=bfloat16")]
    [InlineData("adamuon", "stateType=bfloat16")]
    [InlineData("adamuon", "factored=both")]
    [InlineData("adamw", "factored=second stateType=bfloat16")]
    [InlineData("lion", "factored=both")]
    public void A_step_that_is_not_finite_leaves_packed_state_alone_and_a_loaded_state_goes_on_with_the_same_bits(string preset, string assignments)
    {
        var random = new Random(3);
        Matrix<double> w = Sample.Gaussian(random, 7, 9);
        OptimizerOptions options = Rig.Options(preset, assignments.Split(' ')) with { LearningRate = 0.01 };
        using var rig = new Rig(new CpuBackend(), options, [("w", w)]);
        Matrix<double>[] gradients = [.. Enumerable.Range(0, 6).Select(_ => Sample.Gaussian(random, 7, 9))];
        for (int step = 0; step < 3; step++) rig.Step(gradients[step]);

        List<(string Name, int[] Bits)> saved = Snapshot(rig);
        Matrix<double> weights = rig.Weights(0);
        rig.Step(Matrix<double>.Build.Dense(7, 9, double.NaN));
        Assert.Equal(weights, rig.Weights(0));
        Assert.All(saved.Zip(Snapshot(rig)), pair => Assert.Equal(pair.First.Bits, pair.Second.Bits));

        using var resumed = new Rig(new CpuBackend(2), options, [("w", weights)]);
        foreach ((string name, int[] bits) in saved)
        {
            BufferView target = resumed.Optimizer.RequireState(name).Data;
            if (target.Buffer.ElementType == ElementType.Int32) resumed.Context.Backend.Upload(target, bits);
            else resumed.Context.Backend.Upload(target, bits.Select(BitConverter.Int32BitsToSingle).ToArray());
        }
        for (int step = 3; step < 6; step++) Assert.Equal(rig.Step(gradients[step]), resumed.Step(gradients[step]));
        Assert.All(Snapshot(rig).Zip(Snapshot(resumed)), pair => Assert.Equal(pair.First.Bits, pair.Second.Bits));
        Assert.NotEqual(saved[0].Bits, Snapshot(rig)[0].Bits);
    }

    private static List<(string Name, int[] Bits)> Snapshot(Rig rig)
    {
        var list = new List<(string, int[])>();
        foreach (StateTensor state in rig.Optimizer.State)
        {
            var bits = new int[state.Data.Length];
            if (state.Data.Buffer.ElementType == ElementType.Int32)
            {
                rig.Context.Backend.Download(state.Data, bits);
            }
            else
            {
                var values = new float[bits.Length];
                rig.Context.Backend.Download(state.Data, values);
                bits = [.. values.Select(BitConverter.SingleToInt32Bits)];
            }
            list.Add((state.Name, bits));
        }
        return list;
    }

    [Theory]
    [InlineData("stateType=bfloat16")]
    [InlineData("factored=both")]
    [InlineData("factored=second")]
    [InlineData("orthogonalizer.method=polar")]
    [InlineData("mask=cautious")]
    public void Training_with_any_format_still_goes_down(string assignment)
    {
        // ½‖W − T‖²: the gradient is W − T.
        Matrix<double> target = Sample.Gaussian(new Random(8), 12, 10);
        using var rig = new Rig(new CpuBackend(), Rig.Options("adamuon", assignment) with { LearningRate = 0.05 }, [("w", 0 * target)]);
        Matrix<double> w = rig.Weights(0);
        for (int step = 0; step < 150; step++) w = rig.Step(w - target);
        Assert.True((w - target).FrobeniusNorm() < 0.7 * target.FrobeniusNorm(), $"{assignment}: {(w - target).FrobeniusNorm()} of {target.FrobeniusNorm()}");
        Assert.Equal(150, rig.Context.Counters.MatricesOrthogonalized);
    }

    [Theory]
    [InlineData("stateType=bfloat16", "back end 'far' keeps its memory on a device: stateType 'bfloat16' packs numbers on the host; use 'float32' there")]
    [InlineData("factored=both", "back end 'far' keeps its memory on a device: factored 'both' packs signs on the host; use 'none' or 'second' there")]
    [InlineData("orthogonalizer.method=polar", "back end 'far' keeps its memory on a device: orthogonalizer.method 'polar' decomposes matrices on the host; use 'newton-schulz' there")]
    public void What_needs_the_host_is_refused_on_a_device(string assignment, string expected)
    {
        Matrix<double> w = Sample.Gaussian(new Random(1), 3, 4);
        Assert.Equal(expected, Assert.Throws<ArgumentException>(() => new Rig(new FarMemoryBackend(), Rig.Options("adamuon", assignment), [("w", w)])).Message);
    }

    [Theory]
    [InlineData("adamuon", "factored=second")]
    [InlineData("muon", "mask=cautious")]
    [InlineData("muon", "projection=1.5")]
    [InlineData("adamuon", "transform=tanh")]
    [InlineData("muon", "simplifiedAdEMAMix=10")]
    [InlineData("muon", "orthogonalizer.normalization=aol")]
    [InlineData("muon", "orthogonalizer.normalization=spectral")]
    [InlineData("muon", "orthogonalizer.normalization=schatten4")]
    [InlineData("muon", "orthogonalizer.precision=bfloat16")]
    [InlineData("adamw", "mask=grams factored=second")]
    public void Everything_else_runs_on_a_device_without_a_download(string preset, string assignments)
    {
        Matrix<double> w = Sample.Gaussian(new Random(1), 6, 9), g = Sample.Gaussian(new Random(2), 6, 9);
        OptimizerOptions options = Rig.Options(preset, assignments.Split(' '));
        using var far = new Rig(new FarMemoryBackend(), options, [("w", w)], 1);
        using var near = new Rig(new ReferenceBackend<float>(), options, [("w", w)], 1);
        for (int step = 0; step < 3; step++)
        {
            Replay.SetGradient(far.Parameters[0], Rig.RowMajor(g));
            long downloads = far.Context.Backend.Transfers.Downloads;
            far.Optimizer.Step();
            Assert.Equal(downloads, far.Context.Backend.Transfers.Downloads);
            Assert.Equal(near.Step(g), far.Weights(0));
        }
    }

    [Theory]
    [InlineData("adamuon", "stateType=bfloat16")]
    [InlineData("adamuon", "factored=both")]
    [InlineData("muon", "mask=cautious")]
    [InlineData("adamw", "mask=cautious")]
    [InlineData("muon", "projection=1.5")]
    [InlineData("muon", "orthogonalizer.normalization=spectral")]
    [InlineData("muon", "orthogonalizer.normalization=aol")]
    [InlineData("muon", "orthogonalizer.precision=bfloat16")]
    public void A_step_makes_no_garbage(string preset, string assignment)
    {
        Matrix<double> w = Sample.Gaussian(new Random(1), 16, 9);
        using var rig = new Rig(new CpuBackend(1), Rig.Options(preset, assignment), [("w", w)], 1);
        rig.Step(w);
        for (int step = 0; step < 60; step++) Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 30; step++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, rig.Context.Arena.LiveViews);

        void Step()
        {
            using StepScope scope = rig.Context.BeginStep();
            rig.Optimizer.Step();
        }
    }
}
