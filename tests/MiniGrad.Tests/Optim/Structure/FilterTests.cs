using MiniGrad.Optim;

namespace MiniGrad.Tests.Optim.Structure;

/// <summary>What users change about the router's choice.</summary>
public sealed class FilterTests
{
    private static Routing Route(params string[] changes)
    {
        using StructureRig rig = new();
        Parameter embedding = rig.Add("wte.weight", [10, 4], StructureRig.Values(1, 40), ParameterRole.Embedding);
        rig.Add("h.0.attn.c_attn.weight", [12, 4], StructureRig.Values(2, 48));
        rig.Add("h.0.mlp.c_fc.weight", [16, 4], StructureRig.Values(3, 64));
        rig.Add("h.0.ln.weight", [4], StructureRig.Values(4, 4), ParameterRole.Vector);
        rig.Add("h.0.experts", [2, 3, 4], StructureRig.Values(5, 24), ParameterRole.ExpertMatrices);
        rig.Add("lm_head.weight", [10, 4], StructureRig.Values(6, 40), ParameterRole.Head);
        Routing routing = ParameterRouter.Route(rig.Parameters.Append(embedding), Rig.Options("muon", changes));
        Assert.Equal(6, routing.Parameters.Distinct().Count());
        Assert.Equal(6, routing.Parameters.Count);
        return routing;
    }

    private static string[] Orthogonalized(params string[] changes) => [.. Route(changes).Orthogonalized.Select(routed => routed.Parameter.Name)];

    [Fact]
    public void Filters_add_and_take_away_and_taking_away_is_stronger()
    {
        Assert.Equal(["h.0.attn.c_attn.weight", "h.0.mlp.c_fc.weight", "h.0.experts"], Orthogonalized());
        Assert.Equal(["h.0.mlp.c_fc.weight", "h.0.experts"], Orthogonalized("routing.exclude=*.attn.*"));
        Assert.Equal(["h.0.attn.c_attn.weight", "h.0.mlp.c_fc.weight", "h.0.experts", "lm_head.weight"], Orthogonalized("routing.include=lm_head.weight"));
        Assert.Equal(["h.0.experts"], Orthogonalized("""routing.exclude=["*.attn.*","h.?.mlp*"]"""));
        Assert.Equal(["h.0.experts"], Orthogonalized("routing.exclude=*.attn.*, h.?.mlp*"));
        Assert.Equal(["wte.weight", "h.0.attn.c_attn.weight", "h.0.mlp.c_fc.weight", "h.0.experts"], Orthogonalized("routing.include=*.weight", "routing.exclude=lm*,*.ln.*"));
        Assert.Equal(["h.0.attn.c_attn.weight", "h.0.mlp.c_fc.weight", "h.0.ln.weight", "h.0.experts"], Orthogonalized("vectors=reshape"));
    }

    [Theory]
    [InlineData("routing.exclude=*.atn.*", "routing.exclude '*.atn.*' matches no parameter; did you mean 'h.0.attn.c_attn.weight'?")]
    [InlineData("routing.include=lm_haed.weight", "routing.include 'lm_haed.weight' matches no parameter; did you mean 'lm_head.weight'?")]
    [InlineData("routing.exclude=H.0.experts", "routing.exclude 'H.0.experts' matches no parameter; did you mean 'h.0.experts'?")]
    [InlineData("routing.exclude=qqqqqqqqqqqq*", "routing.exclude 'qqqqqqqqqqqq*' matches no parameter; names are like 'wte.weight'")]
    [InlineData("routing.qkv=split", "routing.qkv 'split' finds no attention projection that declares its heads; leave it out")]
    public void What_finds_nothing_is_refused(string change, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Route(change)).Message);

    [Fact]
    public void A_vector_is_forced_only_with_reshape()
    {
        using StructureRig rig = new();
        rig.Add("norm", [6], StructureRig.Values(1, 6), ParameterRole.Vector);
        OptimizerOptions options = Rig.Options("muon", "routing.include=norm");
        Assert.EndsWith("route it to the auxiliary optimizer or set vectors=reshape", Assert.Throws<ArgumentException>(() => rig.Optimizer(options)).Message, StringComparison.Ordinal);
        Assert.Single(rig.Optimizer(options.With("vectors", "reshape")).Routing.Orthogonalized);
    }

    [Theory]
    [InlineData("routing.qkv=slit", "unknown routing.qkv value 'slit'; did you mean 'split'?")]
    [InlineData("routing.include=3", "routing.include is 3; expected a name pattern, or a list of them")]
    [InlineData("qkClip=0", "qkClip is 0; expected a finite number > 0")]
    [InlineData("hook=hyperbal", "unknown hook value 'hyperbal'; did you mean 'hyperball'?")]
    [InlineData("vectors=matrix", "unknown vectors value 'matrix'")]
    [InlineData("routing.exlude=x", "unknown optimizer key 'routing.exlude'; did you mean 'routing.exclude'?")]
    public void Values_that_are_impossible_are_refused(string change, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => Rig.Options("muon", change)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("routing.qkv=split")]
    [InlineData("routing.exclude=x*")]
    [InlineData("hook=hyperball")]
    [InlineData("vectors=reshape")]
    public void Adamw_routes_nothing(string change) =>
        Assert.Contains("has no effect on preset 'adamw'", Assert.Throws<ArgumentException>(() => Rig.Options("adamw", change)).Message, StringComparison.Ordinal);

    [Fact]
    public void Structure_survives_the_way_through_JSON()
    {
        OptimizerOptions options = Rig.Options("muon", "routing.qkv=heads", """routing.exclude=["*.attn.*","b"]""", "routing.include=c", "qkClip=100", "hook=hyperball", "vectors=reshape");
        Assert.Equal(options, OptimizerOptions.Parse(options.ToJson().ToJsonString()));
        Assert.NotEqual(options, options.With("routing.exclude", "b"));
    }

    [Fact]
    public void The_auxiliary_optimizer_has_its_own_rate_betas_and_decay()
    {
        using StructureRig rig = new();
        rig.Add("w", [4, 4], StructureRig.Values(1, 16));
        Parameter embedding = rig.Add("wte", [4, 4], StructureRig.Values(2, 16), ParameterRole.Embedding);
        Optimizer optimizer = rig.Optimizer((OptimizerOptions.FromPreset("muon") with { LearningRate = 0.1, WeightDecay = 0.5 }).With(["auxiliary.learningRate=0.01", "auxiliary.beta1=0.8", "auxiliary.beta2=0.7", "auxiliary.weightDecay=0.2", "auxiliary.epsilon=1e-3"]));
        double[] before = embedding.Tensor.ToDoubleArray(), gradient = StructureRig.Values(3, 16);
        Replay.SetGradient(embedding, gradient);
        optimizer.Step();
        for (int i = 0; i < before.Length; i++)
        {
            double expected = (before[i] * (1 - (0.01 * 0.2))) - (0.01 * gradient[i] / (Math.Abs(gradient[i]) + 1e-3));
            Assert.Equal(expected, embedding.Tensor.ToDoubleArray()[i], 1e-6);
        }
        Replay.SetGradient(embedding, new double[16]);
        optimizer.Step();
        double mean = 0.8 * 0.2 * gradient[0] / (1 - (0.8 * 0.8)), square = 0.7 * 0.3 * gradient[0] * gradient[0] / (1 - (0.7 * 0.7));
        double first = (before[0] * 0.998) - (0.01 * gradient[0] / (Math.Abs(gradient[0]) + 1e-3));
        Assert.Equal((first * 0.998) - (0.01 * mean / (Math.Sqrt(square) + 1e-3)), embedding.Tensor.ToDoubleArray()[0], 1e-6);
    }
}
