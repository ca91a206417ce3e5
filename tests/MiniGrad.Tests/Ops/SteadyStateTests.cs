using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Ops;

/// <summary>A step that uses every op leaves no garbage.</summary>
public sealed class SteadyStateTests : IDisposable
{
    private readonly ComputeContext _context = new(new ReferenceBackend<float>());
    private readonly Parameter _table, _vector, _bias, _square, _fused, _experts;
    private readonly Indices _ids;
    private readonly RopeTables _rope;
    private readonly HashSet<string> _seen = [];

    public SteadyStateTests()
    {
        _table = New("table", [7, 8]);
        _vector = New("vector", [8]);
        _bias = New("bias", [8]);
        _square = New("square", [8, 8]);
        _fused = New("fused", [24, 8]);
        _experts = New("experts", [7, 8, 8]);
        _ids = EmbeddingTests.Ids(_context, [2, 3], 0, 6, 2, 3, 1, 6);
        _rope = new RopeTables(_context, 4, 3);
    }

    public void Dispose() => _context.Dispose();

    [Fact]
    public void A_step_with_every_op_allocates_nothing_and_leaks_nothing()
    {
        Step(look: true);
        Assert.Superset(typeof(Op).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Op))).Select(type => type.Name).ToHashSet(), _seen);
        Assert.Superset(Enum.GetNames<UnaryOperation>().Select(name => name.ToLowerInvariant()).ToHashSet(), _seen);
        for (int i = 0; i < 60; i++) Step(look: false);

        long reserved = _context.Arena.ReservedElements, peak = _context.Arena.PeakElements, before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) Step(look: false);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal((reserved, peak, 0), (_context.Arena.ReservedElements, _context.Arena.PeakElements, _context.Arena.LiveElements));
        Assert.All((Parameter[])[_table, _vector, _bias, _square, _fused, _experts], parameter => Assert.All(_context.Download(parameter.GradientData), gradient => Assert.True(float.IsFinite(gradient))));
    }

    private void Step(bool look)
    {
        _table.ZeroGradient();
        _vector.ZeroGradient();
        _bias.ZeroGradient();
        _square.ZeroGradient();
        _fused.ZeroGradient();
        _experts.ZeroGradient();
        int first = _context.LiveTensors;
        using StepScope step = _context.BeginStep();
        Tensor x = EmbeddingOp.Apply(_table, _ids);
        Tensor h = x.LayerNorm(_vector, _bias);
        Tensor qkv = RoundToBfloat16.Apply(Rope.Apply(h.Linear(_fused), _rope, heads: 6, rotatedHeads: 4), inPlace: true);
        x = Attention.Apply(qkv, 2).Linear(_square, _bias, Activation.GeluErf, residual: x);
        x += Attention.Apply(x.MatMul(_square), x, h, 2, causal: false);
        x += x.RmsNorm(_vector).Linear(_fused).Reshape(2, 9, 8).SwiGlu().Reshape(2, 3, -1).Sum(-1, keepDims: true);
        x -= x.SwiGlu(h).Permute(0, 2, 1).Transpose() / (x.Square() + 1);
        Tensor affinities = x.Linear(_table).Sigmoid();
        ExpertRouting routing = ExpertRouting.Select(affinities, affinities.Mean(0).Mean(0), 2);
        x = Combine.Apply(ExpertLinear.Apply(Dispatch.Apply(x, routing), _experts, routing), ExpertGates.Apply(affinities, routing), routing, x);
        x *= x.Softmax();
        Tensor positive = 0.5 + x.Sigmoid().Sqrt();
        x = positive.Log() + positive.Exp().Tanh() + x.Silu() - x.Gelu() * x.Gelu(exact: true) + x.Relu() * x.Sign();
        x = Tensor.Concat(-1, x.Slice(-1, ..3).Abs(), x.Slice(-1, 3..).Pow(3)) + x.Max(1, keepDims: true) + (x > 0).Where(x, 0.5 * x);
        Tensor loss = x.Linear(_table).CrossEntropy(_ids) + LinearCrossEntropy.Apply(x, _table, _ids) + x.Mean(1).Mean() * 0.1 - x.Sum();
        loss.Backward();
        for (int slot = first; look && slot < _context.LiveTensors; slot++)
        {
            if (_context.NodeAt(slot).Op is not { } op) continue;
            _seen.Add(op.GetType().Name);
            _seen.Add(op.Name);
        }
    }

    private Parameter New(string name, Shape shape)
    {
        Parameter parameter = _context.Parameter(name, shape, ParameterRole.HiddenMatrix);
        parameter.Tensor.CopyFrom(TestData.Uniform(TestData.Seed(name), shape.Count, -0.5, 0.5));
        return parameter;
    }
}
