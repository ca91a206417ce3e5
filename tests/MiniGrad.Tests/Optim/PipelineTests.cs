using MiniGrad.Backends.Reference;
using MiniGrad.Optim;
using MiniGrad.Tests.Optim.Structure;

namespace MiniGrad.Tests.Optim;

/// <summary>Optimizers made of groups, and presets as functions.</summary>
public sealed class PipelineTests
{
    public static TheoryData<string> PresetNames => [.. Presets.Names];

    private static string Refusal(Action action)
    {
        string message = Assert.Throws<ArgumentException>(action).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void The_options_of_a_preset_compile_to_what_its_function_returns(string name)
    {
        Preset preset = Presets.Get(name);
        Assert.Equal(preset.Stages, preset.Options.Compile());
        Assert.Equal(name, preset.Options.Preset);
    }

    [Theory]
    [InlineData("sign=false", false, 0.95, 5)]
    [InlineData("momentum=0.9", true, 0.9, 5)]
    [InlineData("orthogonalizer.steps=3", true, 0.95, 3)]
    public void A_key_is_an_argument_of_the_function(string assignment, bool sign, double momentum, int steps) =>
        Assert.Equal(Presets.AdaMuon(momentum, sign, orthogonalizer: new NewtonSchulz { Steps = steps }), Rig.Options("adamuon", assignment).Compile());

    [Fact]
    public void A_function_reads_as_its_stages_run()
    {
        Assert.Equal("momentum → nesterov → orthogonalize → dual-norm-scale → shape-scale → update", Presets.DualNormMuon().Names);
        Assert.Equal("momentum → orthogonalize → dual-norm-scale → shape-scale → update", Presets.DualNormMuon(nesterov: false).Names);
        Assert.Equal("momentum → orthogonalize → elementwise-second-moment → rms-align → update", Presets.AdaMuon(sign: false).Names);
        Assert.Equal(Presets.Muon(), [new Momentum(0.95), new Nesterov(0.95), new Orthogonalize(), new ShapeScale(ScaleRule.Shape), new UpdateWeights()]);
        StageList plain = [new Momentum(0.9), new UpdateWeights()];
        Assert.Equal("momentum: M ← βM + (1−β)G; U = M, β = 0.9\nupdate: W ← W − ηu", plain.ToString());
    }

    [Fact]
    public void Lists_are_changed_by_the_kind_of_a_stage()
    {
        StageList muon = Presets.Muon();
        Assert.Equal(muon, muon.Without<Nesterov>().After<Momentum>(new Nesterov(0.95)));
        Assert.Equal(muon, muon.Without<Nesterov>().Before<Orthogonalize>(new Nesterov(0.95)));
        Assert.Equal(Presets.Muon(momentum: 0.9, nesterov: false), muon.Without<Nesterov>().Replace<Momentum>(m => m with { Beta = 0.9 }));
        Assert.Equal("no stage is a Sign; there are momentum → nesterov → orthogonalize → shape-scale → update", Refusal(() => muon.Without<Sign>()));
        Assert.Equal((true, false), (muon.Orthogonalizes, Presets.AdamW().Orthogonalizes));
        Assert.Equal(muon.GetHashCode(), Presets.Muon().GetHashCode());
    }

    [Theory]
    [InlineData("adamuon", 0.1)]
    [InlineData("dual-norm-muon", 0)]
    [InlineData("adamw", 0.1)]
    public void A_list_gives_the_bits_of_the_options(string preset, double decay)
    {
        OptimizerOptions options = OptimizerOptions.FromPreset(preset) with { LearningRate = 0.02, WeightDecay = decay };
        Assert.Equal(Train(parameters => new Optimizer(parameters, options, clipNorm: 1)), Train(parameters => new Optimizer(parameters, options.Compile(), 0.02, clipNorm: 1)));
        Assert.NotEqual(Train(parameters => new Optimizer(parameters, options, clipNorm: 1)), Train(parameters => new Optimizer(parameters, options.Compile(), 0.03, clipNorm: 1)));
    }

    [Fact]
    public void Groups_have_their_own_parameters_stages_and_rates_in_any_order()
    {
        using StructureRig rig = Model(out Parameter[] p);
        var optimizer = new Optimizer(
        [
            new ParameterGroup([p[2], p[3]], Presets.Lion(), 0.001) { Name = "tables" },
            new ParameterGroup([p[0]], Presets.Muon(), 0.02),
            new ParameterGroup([p[1]], Presets.AdaMuon(), 0.01) { Name = "wide" },
        ]);
        Assert.Equal([("orthogonalized", 0.02), ("wide", 0.01), ("tables", 0.001)], optimizer.Groups.Select(g => (g.Name, g.LearningRate)));
        Assert.Equal(["a", "b"], optimizer.Routing.Orthogonalized.Select(r => r.Parameter.Name));
        Assert.Equal(["e", "v"], optimizer.Routing.Auxiliary.Select(r => r.Parameter.Name));
        Assert.Equal(0.02, optimizer.Routing.LearningRate);
        SetGradients(p, 0);
        optimizer.Step(observe: Observation.Norms);
        Assert.Equal(["a/momentum", "b/momentum", "b/secondMoment", "e/momentum", "v/momentum"], optimizer.State.Select(s => s.Name));
        Assert.Equal(2, optimizer.MatricesOrthogonalized);
        Assert.Equal(["a", "b", "e", "v"], optimizer.Diagnostics.Read().Select(d => d.Parameter));
        Assert.All(optimizer.Diagnostics.Read(), d => Assert.True(d.UpdateRms > 0, d.Parameter));
    }

    [Fact]
    public void A_step_opens_a_step_of_its_own_where_none_is_open()
    {
        using StructureRig rig = Model(out Parameter[] p);
        var optimizer = new Optimizer(p, Presets.AdaMuon(), 0.01);
        for (int step = 0; step < 2; step++)
        {
            SetGradients(p, step);
            optimizer.Step();
            Assert.False(rig.Context.InStep);
            using StepScope scope = rig.Context.BeginStep();
            optimizer.Step();
            Assert.True(rig.Context.InStep);
        }
    }

    [Fact]
    public void What_cannot_train_is_refused_in_one_line()
    {
        using StructureRig rig = Model(out Parameter[] p);
        Assert.Equal("no stage updates the weights in momentum → orthogonalize; end the list with UpdateWeights", Refusal(() => _ = new Optimizer(p, [new Momentum(0.9), new Orthogonalize()], 0.1)));
        Assert.StartsWith("the list of stages is empty", Refusal(() => _ = new Optimizer(p, [], 0.1)), StringComparison.Ordinal);
        Assert.StartsWith("stages 'momentum' and 'lion' both keep 'momentum'", Refusal(() => _ = new ParameterGroup(p, [new Momentum(0.9), new Lion(0.9, 0.99), new UpdateWeights()], 0.1)), StringComparison.Ordinal);
        Assert.StartsWith("learningRate is -1", Refusal(() => _ = new Optimizer(p, Presets.Muon(), -1)), StringComparison.Ordinal);
        Assert.StartsWith("an optimizer needs at least one parameter", Refusal(() => _ = new Optimizer([], Presets.Muon(), 0.1)), StringComparison.Ordinal);
        Assert.StartsWith("parameter 'a' is in two groups", Refusal(() => _ = new Optimizer([new ParameterGroup([p[0]], Presets.Muon(), 0.1), new ParameterGroup([p[0]], Presets.AdamW(), 0.1)])), StringComparison.Ordinal);
        Assert.StartsWith("parameter 'v' has shape (6); only a matrix can be orthogonalized", Refusal(() => _ = new Optimizer([new ParameterGroup(p, Presets.Muon(), 0.1)])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_before_any_gradient_says_what_was_forgotten()
    {
        using StructureRig rig = Model(out Parameter[] p);
        var optimizer = new Optimizer(p, Presets.AdaMuon(), 0.01);
        Assert.Equal("Step: no parameter has a gradient; call Backward() on the loss first, and give the optimizer the parameters of the model that made it", Assert.Throws<InvalidOperationException>(() => optimizer.Step()).Message);
        SetGradients(p, 0);
        optimizer.Step();
        optimizer.ZeroGradients();
        optimizer.Step(); // later ones may be without: a step of a recorded case, a batch that used nothing
    }

    [Fact]
    public void A_gradient_that_a_step_has_used_is_not_added_to()
    {
        using StructureRig rig = Model(out Parameter[] p);
        var optimizer = new Optimizer(p, Presets.AdaMuon(), 0.01);
        Backward();
        Backward(); // micro-batches add up
        optimizer.Step();
        optimizer.Step(); // and may be used again
        Assert.Equal("Backward: 'a' still has the gradient of the last Step, and the new one would be added to it; call optimizer.ZeroGradients() before each Backward, or once before all micro-batches of a step", Assert.Throws<InvalidOperationException>(Backward).Message);
        optimizer.ZeroGradients();
        Backward();
        optimizer.Step();

        void Backward()
        {
            using StepScope step = rig.Context.BeginStep();
            p[0].Tensor.Sum().Backward();
        }
    }

    private static StructureRig Model(out Parameter[] parameters)
    {
        StructureRig rig = new(new ReferenceBackend<float>());
        parameters =
        [
            rig.Add("a", [8, 5], StructureRig.Values(1, 40)), rig.Add("b", [3, 12], StructureRig.Values(2, 36)),
            rig.Add("e", [7, 4], StructureRig.Values(3, 28), ParameterRole.Embedding), rig.Add("v", [6], StructureRig.Values(4, 6), ParameterRole.Vector),
        ];
        return rig;
    }

    private static void SetGradients(Parameter[] parameters, int step)
    {
        for (int i = 0; i < parameters.Length; i++) Replay.SetGradient(parameters[i], StructureRig.Values(100 * step + i, parameters[i].Shape.Count));
    }

    private static float[] Train(Func<Parameter[], Optimizer> make)
    {
        using StructureRig rig = Model(out Parameter[] parameters);
        Optimizer optimizer = make(parameters);
        for (int step = 0; step < 4; step++)
        {
            SetGradients(parameters, step);
            optimizer.Step();
        }
        return [.. parameters.SelectMany(p => p.Tensor.ToArray())];
    }
}
