using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Optim;
using MiniGrad.Tests.Backends;

namespace MiniGrad.Tests.Optim;

/// <summary>State in bfloat16 and factored state: what is kept, how exactly, and how much room it takes.</summary>
public sealed class StateFormatTests
{
    [Theory]
    [Trait("Property", "41")]
    [InlineData(1.00123f)]
    [InlineData(-0.3337f)]
    [InlineData(6.1e-12f)]
    public void Stochastic_rounding_is_unbiased_and_goes_to_a_neighbour(float value)
    {
        const int Draws = 100_000;
        float[] rounded = PackedStateTests.RoundTrip(new CpuBackend(), new RoundingKey(3, 1), [.. Enumerable.Repeat(value, Draws)]).Values;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        float below = BitConverter.UInt32BitsToSingle(bits & 0xFFFF0000), above = BitConverter.UInt32BitsToSingle((bits & 0xFFFF0000) + 0x10000);
        Assert.All(rounded, r => Assert.True(r == below || r == above, $"{r}"));
        double share = (value - (double)below) / ((double)above - below), error = rounded.Average(r => (double)r) - value;

        // Five standard deviations of the mean of that many draws.
        Assert.True(Math.Abs(error) <= 5 * Math.Abs((double)above - below) * Math.Sqrt(share * (1 - share) / Draws), $"mean error {error}");
        Assert.NotEqual(below, above);
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
    [InlineData("orthogonalizer.method=polar", "back end 'far' keeps its memory on a device: orthogonalizer.method 'polar' decomposes matrices on the host; use 'newton-schulz' there")]
    public void What_needs_the_host_is_refused_on_a_device(string assignment, string expected)
    {
        Matrix<double> w = Sample.Gaussian(new Random(1), 3, 4);
        Assert.Equal(expected, Assert.Throws<ArgumentException>(() => new Rig(new FarMemoryBackend(), Rig.Options("adamuon", assignment), [("w", w)])).Message);
    }

    [Theory]
    [InlineData("adamuon", "factored=second")]
    [InlineData("adamuon", "factored=both")]
    [InlineData("adamuon", "stateType=bfloat16")]
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
