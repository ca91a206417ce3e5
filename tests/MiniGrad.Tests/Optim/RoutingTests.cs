using MiniGrad.Backends.Reference;
using MiniGrad.Optim;

namespace MiniGrad.Tests.Optim;

/// <summary>Who optimizes which parameter.</summary>
public sealed class RoutingTests
{
    private static ComputeContext NewContext() => new(new ReferenceBackend<float>());

    private static List<Parameter> Model(ComputeContext context)
    {
        Parameter embedding = context.Parameter("wte", [10, 4], ParameterRole.Embedding);
        return
        [
            embedding,
            context.Parameter("ln.weight", [4], ParameterRole.Vector),
            context.Parameter("qkv", [12, 4], ParameterRole.HiddenMatrix),
            context.Parameter("bias", [4], ParameterRole.HiddenMatrix),
            context.Parameter("head", [10, 4], ParameterRole.Head),
            embedding,
        ];
    }

    [Fact]
    [Trait("Property", "38")]
    public void Only_matrices_inside_blocks_are_orthogonalized_and_every_parameter_is_in_one_group()
    {
        using ComputeContext context = NewContext();
        List<Parameter> model = Model(context);
        Routing routing = ParameterRouter.Route(model, Rig.Options("adamuon"));
        Assert.Equal(["qkv"], routing.Orthogonalized.Select(routed => routed.Parameter.Name));
        Assert.Equal(["wte", "ln.weight", "bias", "head"], routing.Auxiliary.Select(routed => routed.Parameter.Name));
        Assert.Equal(model.Distinct().Order(Comparer<Parameter>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name))), routing.Parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal));
        Assert.Equal("orthogonalized: 1 matrix, 48 values: qkv\nauxiliary: 4 tensors, 88 values: wte (embedding), ln.weight, bias, head (head)", routing.ToString());
    }

    [Fact]
    public void A_deep_model_is_summed_up_by_patterns()
    {
        using ComputeContext context = ComputeContext.Cpu();
        var model = new Gpt(context, new GptOptions { NLayer = 12, NHead = 2, NEmbd = 8, BlockSize = 4, VocabSize = 16 }, seed: 1);
        string[] lines = [.. new Optimizer(model.Parameters, Presets.Muon(), learningRate: 0.01).Routing.Lines];
        Assert.Equal("orthogonalized: 48 matrices, 9,216 values: h.*.attn.c_attn.weight (12), h.*.attn.c_proj.weight (12), h.*.mlp.c_fc.weight (12), h.*.mlp.c_proj.weight (12)", lines[0]);
        Assert.Contains("wte.weight (embedding), ", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(", lm_head.weight (head)", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);

        var chain = new Sequential(new Linear(2, 4), new Tanh(), new Linear(4, 4), new Tanh(), new Linear(4, 2));
        Assert.Equal(
            "orthogonalized: 2 matrices, 24 values: 0.weight, 2.weight\nauxiliary: 4 tensors, 18 values: 0.bias, 2.bias, 4.bias, 4.weight (head)",
            new Optimizer(chain.Parameters, Presets.Muon(), learningRate: 0.01).Routing.ToString());
    }

    [Fact]
    public void Vectors_never_decay()
    {
        using ComputeContext context = NewContext();
        Routing routing = ParameterRouter.Route(Model(context), Rig.Options("muon"));
        Assert.True(routing.Orthogonalized.Single().Decays);
        Assert.Equal([true, false, false, true], routing.Auxiliary.Select(routed => routed.Decays));
    }

    [Fact]
    public void Adamw_orthogonalizes_nothing_and_its_counters_stay_zero()
    {
        using ComputeContext context = NewContext();
        List<Parameter> model = Model(context);
        var optimizer = new Optimizer(model, Rig.Options("adamw"));
        foreach (Parameter parameter in model.Distinct()) Replay.SetGradient(parameter, Enumerable.Repeat(1.0, (int)parameter.Shape.Count).ToArray());
        optimizer.Step();
        Assert.Empty(optimizer.Routing.Orthogonalized);
        Assert.Equal((0, 0, 0, 1), (optimizer.MatricesOrthogonalized, context.Counters.MatricesOrthogonalized, context.Counters.NewtonSchulzIterations, context.Counters.OptimizerSteps));
        Assert.NotEqual(0, model[2].Tensor.ToArray()[0]);
    }

    [Fact]
    public void Counters_are_steps_times_matrices()
    {
        using ComputeContext context = NewContext();
        List<Parameter> model = [context.Parameter("a", [3, 5], ParameterRole.HiddenMatrix), context.Parameter("b", [5, 3], ParameterRole.HiddenMatrix), context.Parameter("n", [5], ParameterRole.Vector)];
        var optimizer = new Optimizer(model, Rig.Options("muon", "orthogonalizer.steps=3"));
        for (int step = 0; step < 4; step++)
        {
            foreach (Parameter parameter in model) Replay.SetGradient(parameter, Enumerable.Range(0, (int)parameter.Shape.Count).Select(i => Math.Sin(i + step)).ToArray());
            optimizer.Step();
        }
        Assert.Equal((2, 4 * 2, 4 * 2 * 3), (optimizer.MatricesOrthogonalized, context.Counters.MatricesOrthogonalized, context.Counters.NewtonSchulzIterations));
    }

    [Fact]
    public void Two_parameters_of_one_name_are_refused()
    {
        using ComputeContext context = NewContext();
        Parameter[] model = [context.Parameter("w", [2, 2], ParameterRole.HiddenMatrix), context.Parameter("w", [2, 2], ParameterRole.HiddenMatrix)];
        Assert.StartsWith("two parameters are named 'w'", Assert.Throws<ArgumentException>(() => ParameterRouter.Route(model, Rig.Options("muon"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Property", "38")]
    public void A_vector_cannot_be_forced_into_the_orthogonalized_group()
    {
        using ComputeContext context = NewContext();
        Parameter vector = context.Parameter("b", [4], ParameterRole.Vector);
        var routing = new Routing([new RoutedParameter(vector, Decays: false)], []);
        Assert.StartsWith("parameter 'b' has shape (4); only a matrix can be orthogonalized", Assert.Throws<ArgumentException>(() => new Optimizer(routing, Rig.Options("muon"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Property", "39")]
    public void The_schedule_scales_both_groups_from_their_own_rates_and_decay_reaches_embeddings_only()
    {
        using ComputeContext context = NewContext();
        List<Parameter> model = Model(context);
        foreach (Parameter parameter in model.Distinct()) parameter.Tensor.CopyFrom(Enumerable.Repeat(1f, (int)parameter.Shape.Count).ToArray());
        var optimizer = new Optimizer(model, Rig.Options("muon", "weightDecay=0.1", "auxiliary.learningRate=0.5") with { LearningRate = 0.25 });
        Assert.Equal([0.25, 0.5], optimizer.Groups.Select(group => group.LearningRate));

        // Gradients of zero: nothing but decay moves a weight.
        foreach (Parameter parameter in model.Distinct()) Replay.SetGradient(parameter, new double[parameter.Shape.Count]);
        optimizer.Step(0.5);
        float Moved(string name) => model.First(parameter => parameter.Name == name).Tensor.ToArray()[0];
        Assert.Equal(1 - (0.25 * 0.5 * 0.1), Moved("qkv"), 1e-6);
        Assert.Equal(1 - (0.5 * 0.5 * 0.1), Moved("wte"), 1e-6);
        Assert.Equal(1 - (0.5 * 0.5 * 0.1), Moved("head"), 1e-6);
        Assert.Equal((1f, 1f), (Moved("ln.weight"), Moved("bias")));
    }

    [Fact]
    public void A_weight_of_more_dimensions_is_flattened_behind_its_first()
    {
        using ComputeContext context = NewContext();
        Parameter kernel = context.Parameter("conv", [4, 3, 2], ParameterRole.HiddenMatrix), flat = context.Parameter("flat", [4, 6], ParameterRole.HiddenMatrix);
        var optimizer = new Optimizer([kernel, flat], Rig.Options("adamuon"));
        double[] gradient = [.. Enumerable.Range(0, 24).Select(i => Math.Cos(7 * i))];
        Replay.SetGradient(kernel, gradient);
        Replay.SetGradient(flat, gradient);
        optimizer.Step();
        Assert.Equal(flat.Tensor.ToArray(), kernel.Tensor.ToArray());
    }
}
