using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends.Reference;
using MiniGrad.Optim;

namespace MiniGrad.Tests.Optim.Structure;

/// <summary>The hook around a step, and what a step says about itself.</summary>
public sealed class HookAndDiagnosticsTests
{
    public static TheoryData<string> PresetNames => [.. Presets.Names];

    private static double Norm(Parameter parameter) => Math.Sqrt(parameter.Tensor.ToDoubleArray().Sum(v => v * v));

    private static OptimizerOptions Options(string preset, params string[] changes) => (OptimizerOptions.FromPreset(preset) with { LearningRate = 0.05, WeightDecay = 0.1 }).With(changes);

    [Theory]
    [InlineData("muon")]
    [InlineData("adamuon")]
    [InlineData("namo")]
    public void Hyperball_keeps_the_norm_of_every_orthogonalized_weight(string preset)
    {
        using StructureRig rig = new(new ReferenceBackend<double>());
        Parameter w = rig.Add("w", [6, 4], StructureRig.Values(1, 24)), embedding = rig.Add("wte", [6, 4], StructureRig.Values(2, 24), ParameterRole.Embedding);
        using StructureRig free = new(new ReferenceBackend<double>());
        Parameter unhooked = free.Add("w", [6, 4], StructureRig.Values(1, 24));
        Optimizer optimizer = rig.Optimizer(Options(preset, "hook=hyperball")), other = free.Optimizer(Options(preset));
        double norm = Norm(w), embeddingNorm = Norm(embedding);
        for (int step = 0; step < 20; step++)
        {
            foreach (Parameter parameter in (Parameter[])[w, embedding, unhooked]) Replay.SetGradient(parameter, StructureRig.Values(100 + step, 24));
            optimizer.Step();
            other.Step();
            Assert.Equal(norm, Norm(w), 1e-12);
            if (step > 0) continue;
            double[] direction = unhooked.Tensor.ToDoubleArray();
            double scale = norm / Norm(unhooked);
            for (int i = 0; i < 24; i++) Assert.Equal(direction[i] * scale, w.Tensor.ToDoubleArray()[i], 1e-12);
        }
        Assert.NotEqual(embeddingNorm, Norm(embedding), 1e-3);
        Assert.Contains(optimizer.State, state => state.Name == "w/hyperballNorm");
    }

    [Fact]
    public void Hyperball_refuses_a_weight_of_zero_and_a_masked_step_changes_nothing()
    {
        using StructureRig rig = new();
        Parameter zero = rig.Add("w", [3, 3], new double[9]);
        Assert.StartsWith("hook 'hyperball' keeps the norm of 'w', which is 0", Assert.Throws<ArgumentException>(() => rig.Optimizer(Options("muon", "hook=hyperball"))).Message, StringComparison.Ordinal);
        zero.Tensor.CopyFrom(StructureRig.Values(1, 9));
        Optimizer optimizer = rig.Optimizer(Options("muon", "hook=hyperball"));
        float[] before = zero.Tensor.ToArray();
        Replay.SetGradient(zero, [.. Enumerable.Repeat(double.NaN, 9)]);
        optimizer.Step();
        Assert.Equal(before, zero.Tensor.ToArray());
    }

    [Fact]
    public void State_that_is_loaded_before_a_step_is_kept()
    {
        using StructureRig rig = new();
        Parameter w = rig.Add("w", [3, 3], StructureRig.Values(1, 9));
        Optimizer optimizer = rig.Optimizer(Options("muon", "hook=hyperball"));
        rig.Context.Backend.Fill(optimizer.RequireState("w/hyperballNorm").Data, 7);
        Replay.SetGradient(w, StructureRig.Values(2, 9));
        optimizer.Step();
        Assert.Equal(7, Norm(w), 1e-5);
    }

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void What_is_observed_is_what_happened(string preset)
    {
        using StructureRig rig = new(new ReferenceBackend<double>());
        Parameter w = rig.Add("w", [8, 5], StructureRig.Values(1, 40)), embedding = rig.Add("wte", [6, 4], StructureRig.Values(2, 24), ParameterRole.Embedding);
        Optimizer optimizer = rig.Optimizer(Options(preset) with { WeightDecay = 0 });
        for (int step = 0; step < 3; step++)
        {
            double[] before = w.Tensor.ToDoubleArray(), gradient = StructureRig.Values(50 + step, 40);
            Replay.SetGradient(w, gradient);
            Replay.SetGradient(embedding, StructureRig.Values(60 + step, 24));
            optimizer.Step(observe: Observation.Spectra);
            double[] moved = [.. w.Tensor.ToDoubleArray().Zip(before, (a, b) => a - b)];
            ParameterDiagnostics seen = optimizer.Diagnostics.Read().Single(d => d.Parameter == "w");
            Assert.Equal(moved.Zip(gradient, (a, b) => a * b).Sum(), seen.GradientDotUpdate!.Value, 1e-10);
            // SOAP's first gradient takes no step.
            if (Array.TrueForAll(moved, value => value == 0)) continue;
            Vector<double> sigma = Matrix<double>.Build.DenseOfRowMajor(8, 5, moved).Svd().S / 0.05;
            Assert.Equal(sigma[0], seen.Spectrum!.SigmaMax, 1e-8 * sigma[0]);
            Assert.Equal(sigma[4], seen.Spectrum.SigmaMin, 1e-8 * sigma[0]);
            Assert.Equal(sigma.PointwisePower(2).Sum() / (sigma[0] * sigma[0]), seen.Spectrum.StableRank, 1e-8);
            Assert.Equal(sigma.L2Norm() / Math.Sqrt(40), seen.UpdateRms, 1e-8 * sigma[0]);
            Assert.Equal(optimizer.MatricesOrthogonalized, seen.MatricesOrthogonalized);
            Assert.Null(optimizer.Diagnostics.Read().Single(d => d.Parameter == "wte").Spectrum);
        }
    }

    [Fact]
    public void Matrices_of_one_parameter_are_put_together()
    {
        using StructureRig rig = new(new ReferenceBackend<double>());
        Parameter w = rig.Add("w", [9, 6], StructureRig.Values(1, 54), heads: new HeadRows(new AttentionHeads(rig.Context, 1, 1), AttentionParts.QueryKeyValue));
        Optimizer optimizer = rig.Optimizer(Options("muon", "routing.qkv=split", "orthogonalizer.coefficients=classic", "orthogonalizer.steps=30") with { WeightDecay = 0 });
        Replay.SetGradient(w, StructureRig.Values(2, 54));
        optimizer.Step(observe: Observation.Spectra);
        ParameterDiagnostics seen = optimizer.Diagnostics.Read().Single();
        // Three exact polar factors of 3×6: nine singular values of 1.
        Assert.Equal((3, Math.Sqrt(9.0 / 54)), (seen.MatricesOrthogonalized, Math.Round(seen.UpdateRms, 12)), new Near());
        Assert.Equal(0, seen.OrthogonalityDistance!.Value, 1e-6);
        Assert.Equal(1, seen.Spectrum!.SigmaMin, 1e-6);
        Assert.Equal(1, seen.Spectrum.SigmaMax, 1e-6);
        Assert.Equal(3, seen.Spectrum.StableRank, 1e-6);
    }

    [Fact]
    public void Cheap_observation_has_norms_only_and_observing_changes_no_bit()
    {
        Assert.Equal(Train(Observation.Nothing), Train(Observation.Spectra));
        using StructureRig rig = new();
        Parameter w = rig.Add("w", [4, 4], StructureRig.Values(1, 16));
        Optimizer optimizer = rig.Optimizer(Options("muon"));
        Replay.SetGradient(w, StructureRig.Values(2, 16));
        optimizer.Step(observe: Observation.Norms);
        ParameterDiagnostics seen = optimizer.Diagnostics.Read().Single();
        Assert.True(seen.UpdateRms > 0);
        Assert.True(seen is { GradientDotUpdate: null, OrthogonalityDistance: null, Spectrum: null });

        static float[] Train(Observation observation)
        {
            using StructureRig rig = new();
            Parameter w = rig.Add("w", [9, 6], StructureRig.Values(1, 54), heads: new HeadRows(new AttentionHeads(rig.Context, 1, 1), AttentionParts.QueryKeyValue));
            Optimizer optimizer = rig.Optimizer(Options("adamuon", "routing.qkv=split", "hook=hyperball"));
            for (int step = 0; step < 3; step++)
            {
                Replay.SetGradient(w, StructureRig.Values(step, 54));
                optimizer.Step(observe: observation);
            }
            return w.Tensor.ToArray();
        }
    }

    [Fact]
    public void A_structured_step_makes_no_garbage()
    {
        using StructureRig rig = new(new ReferenceBackend<float>());
        Parameter w = rig.Add("w", [9, 6], StructureRig.Values(1, 54), heads: new HeadRows(new AttentionHeads(rig.Context, 1, 1), AttentionParts.QueryKeyValue));
        Parameter experts = rig.Add("e", [2, 3, 4], StructureRig.Values(2, 24), ParameterRole.ExpertMatrices), norm = rig.Add("n", [12], StructureRig.Values(3, 12), ParameterRole.Vector);
        Optimizer optimizer = rig.Optimizer(Options("adamuon", "routing.qkv=heads", "hook=hyperball", "vectors=reshape", "qkClip=0.5"));
        foreach (Parameter parameter in rig.Parameters) Replay.SetGradient(parameter, StructureRig.Values(5, parameter.Shape.Count));
        AttentionHeads heads = w.Heads!.Value.Attention;
        for (int step = 0; step < 60; step++) Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 50; step++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((6, 0L), (optimizer.MatricesOrthogonalized, rig.Context.Arena.LiveViews));
        Assert.True(experts.HasGradient && norm.HasGradient);

        void Step()
        {
            using StepScope scope = rig.Context.BeginStep();
            rig.Context.Backend.Fill(heads.ForPass(), 3);
            heads.Passed();
            optimizer.Step(observe: Observation.Spectra);
        }
    }

    private sealed class Near : IEqualityComparer<(int, double)>
    {
        public bool Equals((int, double) x, (int, double) y) => x.Item1 == y.Item1 && Math.Abs(x.Item2 - y.Item2) < 1e-6;

        public int GetHashCode((int, double) value) => value.Item1;
    }
}
