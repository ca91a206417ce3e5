using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Nn;

/// <summary>Modules: names, roles, first values, and what somebody who forgets something is told.</summary>
public sealed class ModuleTests
{
    [Fact]
    public void Names_are_paths_and_the_last_linear_layer_of_a_chain_is_its_head()
    {
        using ComputeContext context = ComputeContext.Float64();
        var model = new Sequential(new Linear(2, 8), new Relu(), new Sequential(new Linear(8, 8, bias: false), new Tanh()), new Linear(8, 3));
        model.Initialize(context, seed: 1);
        Assert.Equal(["0.weight (8,2)", "0.bias (8)", "2.0.weight (8,8)", "3.weight (3,8)", "3.bias (3)"], model.Parameters.Select(p => p.ToString()));
        Assert.Equal([ParameterRole.HiddenMatrix, ParameterRole.Vector, ParameterRole.HiddenMatrix, ParameterRole.Head, ParameterRole.Vector], model.Parameters.Select(p => p.Role));
        Assert.Equal(16 + 8 + 64 + 24 + 3, model.ParameterCount);
        using StepScope step = context.BeginStep();
        Assert.Equal(new Shape(5, 3), model.Forward(context.Ones([5, 2])).Shape);
    }

    [Fact]
    public void A_role_that_was_given_stays()
    {
        using ComputeContext context = ComputeContext.Float64();
        var model = new Sequential(Linear.Head(2, 2), new Linear(2, 2, role: ParameterRole.HiddenMatrix));
        model.Initialize(context);
        Assert.Equal([ParameterRole.Head, ParameterRole.HiddenMatrix], model.Parameters.Where(p => p.Shape.Rank == 2).Select(p => p.Role));
    }

    [Fact]
    public void First_values_are_PyTorch_s_and_depend_on_seed_and_name_alone()
    {
        using ComputeContext context = ComputeContext.Float64(), other = ComputeContext.Cpu();
        var model = new Sequential(new Linear(100, 200), new Embedding(50, 40), new RmsNorm(4), new LayerNorm(4));
        model.Initialize(context, seed: 3);
        double[] weight = model.Parameters[0].Tensor.ToDoubleArray(), bias = model.Parameters[1].Tensor.ToDoubleArray(), table = model.Parameters[2].Tensor.ToDoubleArray();
        Assert.All(weight.Concat(bias), w => Assert.InRange(w, -0.1, 0.1));
        Assert.Equal(0.01 / 3, weight.Average(w => w * w), 1e-4);
        Assert.Equal(1, table.Average(w => w * w), 0.1);
        Assert.Equal([1.0, 1, 1, 1], model.Parameters[3].Tensor.ToDoubleArray());
        var wider = new Sequential(new Linear(100, 200), new Linear(200, 10));
        wider.Initialize(other, seed: 3);
        Assert.Equal(model.Parameters[0].Tensor.ToArray(), wider.Parameters[0].Tensor.ToArray());
    }

    // Recorded from the release before there were modules: published runs are paired by these.
    [Theory]
    [InlineData(ModelFamily.Gpt, "1455dc4650427c61759625ca7b882ed169cfa071a1309bbc5e386ff34e7349f2")]
    [InlineData(ModelFamily.Qwen2, "86f86356758c650c08cf28f6568fcc585c1d604fe7d858926b132d4549f7ac5d")]
    [InlineData(ModelFamily.DeepseekMoe, "2cf0ec0af6f057ef32dd8dd438610dac19f75b02ff0ae5446afb0c20ecf17c91")]
    public void Published_initial_weights_stay_what_they_were(ModelFamily family, string sha256)
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        GptOptions options = new GptOptions { NLayer = 2, NHead = 2, NEmbd = 32, BlockSize = 16 }.OfFamily(family);
        Assert.Equal(sha256, LanguageModels.Create(context, options, seed: 1).InitialSha256);
    }

    [Fact]
    public void What_is_forgotten_is_said_in_one_line()
    {
        using ComputeContext context = ComputeContext.Float64();
        var layer = new Linear(2, 2);
        var chain = new Sequential(layer);
        Assert.Contains("is a part of Sequential already", Assert.Throws<ArgumentException>(() => new Sequential(layer)).Message, StringComparison.Ordinal);
        Assert.Contains("initialize the whole model", Assert.Throws<InvalidOperationException>(() => layer.Initialize(context)).Message, StringComparison.Ordinal);
        Assert.Equal(["0.weight"], chain.Parameters.Take(1).Select(p => p.Name)); // on the default context, when first asked for
        Assert.Same(ComputeContext.Default, chain.Context);
        Assert.Contains("has its weights already", Assert.Throws<InvalidOperationException>(() => chain.Initialize(context)).Message, StringComparison.Ordinal);
        Assert.Contains("Linear: 0 inputs", Assert.Throws<ArgumentException>(() => new Linear(0, 2)).Message, StringComparison.Ordinal);
        using (ComputeContext.Default.BeginStep())
        {
            var late = new Linear(2, 2);
            Assert.Contains("before BeginStep", Assert.Throws<InvalidOperationException>(() => late.Forward(Tensor.Zeros([1, 2]))).Message, StringComparison.Ordinal);
        }
        using StepScope step = context.BeginStep();
        Assert.Contains("Initialize", Assert.Throws<ArgumentException>(() => chain.Forward(context.Ones([1, 2]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_existing_blocks_is_one_class_and_learns()
    {
        using ComputeContext context = ComputeContext.Cpu(2);
        var model = new Doubling();
        model.Initialize(context, seed: 1);
        Assert.Equal(["body.ln_1.weight", "body.attn.c_attn.weight", "body.attn.c_proj.weight", "body.ln_2.weight", "body.mlp.c_fc.weight", "body.mlp.c_proj.weight", "head.weight"], model.Parameters.Select(p => p.Name));
        double first = 0, last = 0;
        for (int step = 0; step < 60; step++)
        {
            using StepScope scope = context.BeginStep();
            Tensor x = context.Randn([4, 8, 16]);
            Tensor loss = (model.Forward(x) - 2 * x).Square().Mean();
            foreach (Parameter parameter in model.Parameters) parameter.ZeroGradient();
            loss.Backward();
            foreach (Parameter parameter in model.Parameters) context.Backend.Axpby(-0.3, default, parameter.GradientData, 1, parameter.Data, parameter.Data, default);
            last = loss.Item();
            if (step == 0) first = last;
        }
        Assert.True(last < 0.5 * first, $"the loss went from {first} to {last}");
    }

    [Fact]
    public void Dropout_drops_the_right_share_while_gradients_flow_and_repeats_itself()
    {
        using ComputeContext context = ComputeContext.Float64();
        Dropout layer = new(0.25, seed: 5), again = new(0.25, seed: 5);
        using StepScope step = context.BeginStep();
        Tensor x = context.Ones([4000]);
        double[] first = layer.Forward(x).ToDoubleArray(), second = layer.Forward(x).ToDoubleArray();
        Assert.All(first, y => Assert.True(y == 0 || Math.Abs(y - 4.0 / 3) < 1e-6));
        Assert.InRange(first.Count(y => y == 0), 900, 1100);
        Assert.NotEqual(first, second);
        Assert.Equal(first, again.Forward(x).ToDoubleArray());
        using NoGradScope evaluation = context.NoGrad();
        Assert.Equal(x, layer.Forward(x));
        Assert.Throws<ArgumentException>(() => new Dropout(1));
    }

    [Fact]
    public void The_last_matrix_before_the_loss_is_not_orthogonalized_unless_somebody_says_so()
    {
        using ComputeContext context = ComputeContext.Cpu();
        var unsaid = new Classifier(new Linear(8, 3));
        Assert.Equal(
            "Step: 'out.weight' (3,8) is the last matrix before the loss, and would be orthogonalized; if it is the head, make that layer with Linear.Head(8, 3), else with role: ParameterRole.HiddenMatrix",
            Assert.Throws<InvalidOperationException>(() => Step(unsaid, Presets.Muon())).Message);
        Step(new Classifier(new Linear(8, 3)), Presets.AdamW());
        Step(new Classifier(Linear.Head(8, 3)), Presets.Muon());
        Step(new Classifier(new Linear(8, 3, role: ParameterRole.HiddenMatrix)), Presets.Muon());
        // A chain knows its head, and that it was not asked before does not matter.
        Step(new Sequential(new Linear(4, 8), new Tanh(), new Linear(8, 3)), Presets.Muon());

        void Step(Module model, StageList stages)
        {
            model.Initialize(context, seed: 1);
            var optimizer = new Optimizer(model.Parameters, stages, learningRate: 0.01);
            using StepScope step = context.BeginStep();
            // What is added to the loss of a weight itself is no layer.
            Tensor loss = model.Forward(context.Randn([5, 4])).CrossEntropy(context.Indices([5], [0, 1, 2, 1, 0])) + 0.01 * model.Parameters[0].Tensor.Square().Sum();
            loss.Backward();
            for (int i = 0; i < 2; i++) optimizer.Step();
        }
    }

    private sealed class Classifier : Module
    {
        private readonly Linear _in, _out;

        public Classifier(Linear head) => (_in, _out) = (Add("in", new Linear(4, 8)), Add("out", head));

        public override Tensor Forward(Tensor x) => _out.Forward(_in.Forward(x).Relu());
    }

    private sealed class Doubling : Module
    {
        private readonly TransformerBlock _body;
        private readonly Linear _head;

        public Doubling()
        {
            Initial initial = Initial.Normal(0.1);
            _body = Add("body", new TransformerBlock(
                new RmsNorm(16), new CausalSelfAttention(16, heads: 2, kvHeads: 2, bias: false, initial, initial, rope: null),
                new RmsNorm(16), new Mlp(16, 32, bias: false, Activation.Silu, initial, initial)));
            _head = Add("head", Linear.Head(16, 16, bias: false));
        }

        public override Tensor Forward(Tensor x) => _head.Forward(_body.Forward(x));
    }
}
