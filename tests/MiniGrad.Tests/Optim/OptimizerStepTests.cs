using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;
using MiniGrad.Optim;
using MiniGrad.Tests.Backends;

namespace MiniGrad.Tests.Optim;

/// <summary>What every optimizer must keep: gradients, gates, state, memory, transfers.</summary>
public sealed class OptimizerStepTests
{
    public static TheoryData<string> PresetNames => [.. Presets.Names];

    // A hidden matrix, a tall one, an embedding and a vector: both groups, with and without decay.
    private static List<Parameter> Model(ComputeContext context)
    {
        List<Parameter> parameters =
        [
            context.Parameter("wide", [5, 9], ParameterRole.HiddenMatrix), context.Parameter("tall", [8, 3], ParameterRole.HiddenMatrix),
            context.Parameter("wte", [7, 4], ParameterRole.Embedding), context.Parameter("norm", [6], ParameterRole.Vector),
        ];
        foreach (Parameter parameter in parameters) parameter.Tensor.CopyFrom(Values(parameter, 99));
        return parameters;
    }

    private static double[] Values(Parameter parameter, int step) =>
        [.. Sample.Gaussian(new Random((1000 * step) + (int)parameter.Shape.Count), 1, (int)parameter.Shape.Count).Enumerate()];

    private static OptimizerOptions Options(string preset) => OptimizerOptions.FromPreset(preset) with { LearningRate = 0.02, WeightDecay = 0.1 };

    private static void SetGradients(List<Parameter> parameters, int step)
    {
        foreach (Parameter parameter in parameters) Replay.SetGradient(parameter, Values(parameter, step));
    }

    private static float[] Bits(ComputeContext context, BufferView view)
    {
        var values = new float[view.Length];
        context.Backend.Download(view, values);
        return values;
    }

    private static List<float[]> Everything(ComputeContext context, List<Parameter> parameters, Optimizer optimizer) =>
        [.. parameters.Select(p => Bits(context, p.Data)), .. optimizer.State.Select(s => Bits(context, s.Data))];

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void A_step_with_a_gradient_that_is_not_finite_never_happened(string preset)
    {
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
        {
            foreach (int where in new[] { 0, 3 })
            {
                using var context = new ComputeContext(new ReferenceBackend<float>());
                List<Parameter> parameters = Model(context);
                var optimizer = new Optimizer(parameters, Options(preset), clipNorm: 1);
                using var clean = new ComputeContext(new ReferenceBackend<float>());
                List<Parameter> cleanParameters = Model(clean);
                var cleanOptimizer = new Optimizer(cleanParameters, Options(preset), clipNorm: 1);
                for (int step = 0; step < 4; step++)
                {
                    SetGradients(parameters, step);
                    optimizer.Step();
                    SetGradients(cleanParameters, step);
                    cleanOptimizer.Step();
                    Assert.Equal(1, Bits(context, optimizer.Gradients.Gate)[0]);

                    List<float[]> before = Everything(context, parameters, optimizer);
                    SetGradients(parameters, 50 + step);
                    context.Backend.Fill(parameters[where].GradientData.Element(1), bad);
                    optimizer.Step();
                    Assert.Equal(0, Bits(context, optimizer.Gradients.Gate)[0]);
                    Assert.Equal(before, Everything(context, parameters, optimizer));
                }
                Assert.Equal(Everything(clean, cleanParameters, cleanOptimizer), Everything(context, parameters, optimizer));
                Assert.NotEqual(Values(parameters[0], 99).Select(v => (float)v), Bits(context, parameters[0].Data));
            }
        }
    }

    [Theory]
    [Trait("Property", "35")]
    [MemberData(nameof(PresetNames))]
    public void Gradients_are_not_modified_and_state_is_not_shared(string preset)
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        List<Parameter> parameters = Model(context);
        var optimizer = new Optimizer(parameters, Options(preset), clipNorm: 0.1);
        for (int step = 0; step < 3; step++)
        {
            SetGradients(parameters, step);
            List<float[]> before = [.. parameters.Select(p => Bits(context, p.GradientData))];
            optimizer.Step();
            Assert.Equal(before, parameters.Select(p => Bits(context, p.GradientData)));
        }
        List<BufferView> views = [.. parameters.Select(p => p.Data), .. parameters.Select(p => p.GradientData), .. optimizer.State.Select(s => s.Data)];
        foreach ((BufferView a, BufferView b) in views.SelectMany((a, i) => views.Skip(i + 1).Select(b => (a, b))))
        {
            Assert.False(ReferenceEquals(a.Buffer, b.Buffer) && a.Offset < b.Offset + b.Length && b.Offset < a.Offset + a.Length, $"{preset}: two views overlap");
        }
        Assert.Equal(optimizer.State.Count, optimizer.State.Select(s => s.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void A_step_makes_no_garbage_and_leaves_no_workspace(string preset)
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        List<Parameter> parameters = Model(context);
        var optimizer = new Optimizer(parameters, Options(preset), clipNorm: 1);
        SetGradients(parameters, 1);
        for (int step = 0; step < 60; step++) Step();
        (long allocations, long reserved) = (context.Backend.Transfers.Allocations, context.Arena.ReservedElements);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 50; step++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((allocations, reserved, 0), (context.Backend.Transfers.Allocations, context.Arena.ReservedElements, context.Arena.LiveViews));

        void Step()
        {
            using StepScope scope = context.BeginStep();
            optimizer.Step(0.5, Observation.Everything);
        }
    }

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void A_step_downloads_nothing_from_a_device(string preset)
    {
        using var far = new ComputeContext(new FarMemoryBackend());
        if (Options(preset).Compile().Select(stage => stage.HostMemoryReason).FirstOrDefault(reason => reason is not null) is { } reason)
        {
            Assert.EndsWith(reason, Assert.Throws<ArgumentException>(() => new Optimizer(Model(far), Options(preset))).Message, StringComparison.Ordinal);
            return;
        }
        using var near = new ComputeContext(new ReferenceBackend<float>());
        List<Parameter> onDevice = Model(far), onHost = Model(near);
        var device = new Optimizer(onDevice, Options(preset), clipNorm: 1);
        var host = new Optimizer(onHost, Options(preset), clipNorm: 1);
        for (int step = 0; step < 3; step++)
        {
            SetGradients(onDevice, step);
            SetGradients(onHost, step);
            long downloads = far.Backend.Transfers.Downloads;
            device.Step(observe: Observation.Everything);
            host.Step(observe: Observation.Everything);
            Assert.Equal(downloads, far.Backend.Transfers.Downloads);
        }
        Assert.Equal(Everything(near, onHost, host), Everything(far, onDevice, device));
    }

    [Theory]
    [Trait("Property", "37")]
    [MemberData(nameof(PresetNames))]
    public void State_saved_and_loaded_continues_with_the_same_bits(string preset)
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        List<Parameter> parameters = Model(context);
        var optimizer = new Optimizer(parameters, Options(preset));
        for (int step = 0; step < 3; step++)
        {
            SetGradients(parameters, step);
            optimizer.Step();
        }

        using var second = new ComputeContext(new ReferenceBackend<float>());
        List<Parameter> loaded = Model(second);
        var resumed = new Optimizer(loaded, Options(preset));
        for (int i = 0; i < parameters.Count; i++) second.Backend.Upload(loaded[i].Data, Bits(context, parameters[i].Data));
        foreach (StateTensor state in optimizer.State)
        {
            StateTensor target = resumed.RequireState(state.Name);
            Assert.Equal(state.Shape, target.Shape);
            second.Backend.Upload(target.Data, Bits(context, state.Data));
        }
        for (int step = 3; step < 5; step++)
        {
            SetGradients(parameters, step);
            optimizer.Step();
            SetGradients(loaded, step);
            resumed.Step();
        }
        Assert.Equal(Everything(context, parameters, optimizer), Everything(second, loaded, resumed));
    }

    [Theory]
    [Trait("Property", "40")]
    [MemberData(nameof(PresetNames))]
    public void One_thread_and_two_give_the_same_bits(string preset)
    {
        using var one = new Rig(new CpuBackend(1), Options(preset), Weights());
        using var two = new Rig(new CpuBackend(2), Options(preset), Weights());
        double before = Loss(one);
        for (int step = 0; step < 12; step++)
        {
            // ½‖W‖² + ½‖V‖²: the gradients are the weights.
            one.Step(one.Weights(0), one.Weights(1));
            two.Step(two.Weights(0), two.Weights(1));
            for (int i = 0; i < 2; i++) Assert.Equal(one.Weights(i), two.Weights(i));
        }
        Assert.All(one.Optimizer.State.Zip(two.Optimizer.State), pair => Assert.Equal(Bits(one.Context, pair.First.Data), Bits(two.Context, pair.Second.Data)));
        StageList stages = Options(preset).Compile();
        (int matrices, int each) = stages.Find<Orthogonalize>() is { Method: NewtonSchulz method } ? (12 * 2, method.Steps) : (0, 0);
        Assert.Equal((matrices, matrices * each), (one.Context.Counters.MatricesOrthogonalized, one.Context.Counters.NewtonSchulzIterations));
        // On its sphere a weight cannot get smaller.
        if (stages.Find<HyperballUpdate>() is null) Assert.True(Loss(one) < before, $"the loss went from {before} to {Loss(one)}");
        else Assert.Equal(before, Loss(one), 1e-4 * before);

        static IEnumerable<(string, Matrix<double>)> Weights() => [("a", Sample.Gaussian(new Random(1), 130, 150)), ("b", Sample.Gaussian(new Random(2), 150, 40))];
        static double Loss(Rig rig) => Math.Pow(rig.Weights(0).FrobeniusNorm(), 2) + Math.Pow(rig.Weights(1).FrobeniusNorm(), 2);
    }

    [Theory]
    [InlineData("muon", 1)]
    [InlineData("muon-torch", 1)]
    [InlineData("muon-moonlight", 1)]
    [InlineData("nvidia-muon", 1)]
    [InlineData("polargrad", 1)]
    [InlineData("scion", 1)]
    [InlineData("normuon", 1)]
    [InlineData("nvidia-normuon", 1)]
    [InlineData("namo", 1)]
    [InlineData("nvidia-namo", 1)]
    [InlineData("sgd", 1)]
    [InlineData("adamuon-repo", 2)]
    [InlineData("adamuon-v1", 2)]
    [InlineData("adamuon-blagpt", 2)]
    [InlineData("adamuon-pytorch-optimizer", 2)]
    [InlineData("nvidia-adamuon", 2)]
    [InlineData("dual-norm-muon", 1)]
    [InlineData("adamuon", 2)]
    [InlineData("adamw", 2)]
    [InlineData("lion", 1)]
    [InlineData("adaptive-muon", 2)]
    [InlineData("muon-clip", 1)]
    [InlineData("muon-h", 1)]
    [InlineData("adamw-h", 2)]
    public void State_is_as_large_as_documented(string preset, int copies)
    {
        Matrix<double> g = Sample.Gaussian(new Random(1), 32, 48);
        using Rig rig = Rig.Single(Options(preset), g);
        rig.Step(g);
        Assert.Equal(copies, rig.Optimizer.State.Sum(state => state.Data.Length) / (32 * 48));
        Assert.All(rig.Optimizer.State, state => Assert.StartsWith("w/", state.Name, StringComparison.Ordinal));
        Assert.EndsWith($": {copies} × the parameter", Presets.Get(preset).State, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Property", "36")]
    public void A_parameter_without_a_gradient_is_left_alone()
    {
        Matrix<double> w = Sample.Gaussian(new Random(2), 3, 4), g = Sample.Gaussian(new Random(3), 3, 4);
        using var rig = new Rig(new ReferenceBackend<double>(), Options("adamuon"), [("a", w), ("b", w)]);
        rig.Step(g, null);
        Assert.Equal(w, rig.Weights(1));
        Assert.Equal(["a/momentum", "a/secondMoment"], rig.Optimizer.State.Select(state => state.Name));
        Assert.Equal(1, rig.Optimizer.MatricesOrthogonalized);

        // No decay and no momentum either, once it has had a gradient.
        rig.Step(g, g);
        Matrix<double> after = rig.Weights(1);
        double[] momentum = rig.State("b/momentum");
        rig.Step(g, null);
        Assert.Equal(after, rig.Weights(1));
        Assert.Equal(momentum, rig.State("b/momentum"));
    }

    [Fact]
    [Trait("Property", "37")]
    public void State_of_an_unknown_name_is_refused()
    {
        using Rig rig = Rig.Single(Options("muon"), Matrix<double>.Build.Dense(2, 2));
        Assert.StartsWith("unknown optimizer state 'w/momentun'; did you mean 'w/momentum'?", Assert.Throws<ArgumentException>(() => rig.Optimizer.RequireState("w/momentun")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void Clipping_by_the_global_norm_is_scaling_the_gradients(string preset)
    {
        using var clipped = new ComputeContext(new ReferenceBackend<double>());
        using var scaled = new ComputeContext(new ReferenceBackend<double>());
        List<Parameter> ours = Model(clipped), theirs = Model(scaled);
        Optimizer optimizer = new(ours, Options(preset), clipNorm: 15), plain = new(theirs, Options(preset));
        for (int step = 0; step < 4; step++)
        {
            // The norms are about 10, 20, 30, 40: the first step is not clipped, each other one by a factor of its own.
            double[][] gradients = [.. ours.Select(parameter => Values(parameter, step).Select(value => (step + 1) * value).ToArray())];
            double norm = Math.Sqrt(gradients.Sum(gradient => gradient.Sum(value => value * value))), factor = Math.Min(1, 15 / (norm + 1e-6));
            for (int i = 0; i < ours.Count; i++)
            {
                Replay.SetGradient(ours[i], gradients[i]);
                Replay.SetGradient(theirs[i], gradients[i].Select(value => factor * value).ToArray());
            }
            optimizer.Step();
            plain.Step();
            var scalars = new double[3];
            clipped.Backend.Download(optimizer.Gradients.Scalars, scalars);
            Assert.All(scalars.Zip([norm, factor, 1]), pair => Assert.Equal(pair.Second, pair.First, 1e-12 * norm));
            Assert.Equal(step > 0, factor < 1);
            for (int i = 0; i < ours.Count; i++)
            {
                Assert.All(ours[i].Tensor.ToDoubleArray().Zip(theirs[i].Tensor.ToDoubleArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-10));
            }
        }
    }

    [Fact]
    public void A_gradient_that_is_gone_does_not_count_in_the_norm()
    {
        Matrix<double> w = Sample.Gaussian(new Random(4), 4, 6);
        using var rig = new Rig(new ReferenceBackend<double>(), Options("muon"), [("a", w), ("b", w)]);
        rig.Step(w, 100 * w);
        rig.Step(w, null);
        var norm = new double[1];
        rig.Context.Backend.Download(rig.Optimizer.Gradients.Norm, norm);
        Assert.Equal(w.FrobeniusNorm(), norm[0], 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_bound_that_is_no_bound_is_refused(double bound)
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        Assert.StartsWith("clipNorm is ", Assert.Throws<ArgumentException>(() => new Optimizer(Model(context), Options("muon"), bound)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_schedule_factor_that_is_none_is_refused(double factor)
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        var optimizer = new Optimizer(Model(context), Options("muon"));
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Step(factor));
    }

    [Fact]
    public void A_learning_rate_is_required()
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        Assert.Equal("the orthogonalized group has no learningRate; set it in the options", Assert.Throws<ArgumentException>(() => new Optimizer(Model(context), OptimizerOptions.FromPreset("muon"))).Message);
    }

    [Theory]
    [InlineData("muon")]
    [InlineData("adamuon")]
    [InlineData("adamw")]
    [InlineData("namo")]
    public void Diagnostics_measure_the_step_that_was_taken(string preset)
    {
        Matrix<double> g = Sample.Gaussian(new Random(1), 9, 4), zero = Matrix<double>.Build.Dense(9, 4);
        using Rig rig = Rig.Single(Options(preset) with { LearningRate = 1e-3, WeightDecay = 0 }, zero);
        rig.Observe = Observation.Everything;
        double step = rig.Step(g).FrobeniusNorm() / 1e-3;
        var value = new double[1];
        rig.Context.Backend.Download(rig.Optimizer.Diagnostics.UpdateNorms, value);
        Assert.Equal(step, value[0], 1e-9 * step);
        rig.Context.Backend.Download(rig.Optimizer.Diagnostics.UpdateRms, value);
        Assert.Equal(step / 6, value[0], 1e-9 * step);
        rig.Context.Backend.Download(rig.Optimizer.Diagnostics.OrthogonalityDistances, value);
        if (preset == "adamw")
        {
            Assert.Equal(0, value[0]);
            return;
        }
        Matrix<double> o = Rig.Updates(Rig.Options("muon", "scale=none"), preset == "adamuon" ? g.PointwiseSign() : g)[0];
        double distance = (o.TransposeThisAndMultiply(o) - Matrix<double>.Build.DenseIdentity(4)).FrobeniusNorm() / 2;
        Assert.Equal(distance, value[0], 1e-6);
    }
}
