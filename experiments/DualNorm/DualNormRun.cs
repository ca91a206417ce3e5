using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.DualNorm;

/// <summary>One optimizer on ‖I − XᵀX‖², in float32 or with what bfloat16 would keep.</summary>
internal sealed class DualNormRun : IDisposable
{
    private readonly DualNormPlan _plan;
    private readonly ComputeContext _context = new(new CpuBackend(threads: 1));
    private readonly Parameter _x;
    private readonly Tensor _identity;
    private readonly Optimizer _optimizer;
    private readonly BufferView _workspace;

    public DualNormRun(DualNormPlan plan)
    {
        _plan = plan;
        int n = plan.Condition.Size;
        _x = _context.Parameter("x", [n, n], ParameterRole.HiddenMatrix);
        _x.Tensor.CopyFrom(Start(n, plan.Seed));
        _identity = _context.Tensor([n, n], Identity(n));
        _workspace = _context.Persistent((long)n * n);
        _optimizer = new Optimizer([_x], Options(plan));
        Round(_x.Data);
    }

    /// <summary>The options of a plan: a preset whose β, learning rate and precision are the condition's.</summary>
    public static OptimizerOptions Options(DualNormPlan plan)
    {
        (DualNormCondition condition, DualNormVariant variant) = (plan.Condition, plan.Variant);
        OptimizerOptions options = (OptimizerOptions.FromPreset(variant.Preset) with { LearningRate = condition.Rate, WeightDecay = 0, Momentum = condition.Beta, Beta1 = condition.Beta }).With(variant.Changes);
        if (options.Kind == OptimizerKind.AdamW) return options with { Beta2 = 0.999 };
        return condition.BFloat16 ? options with { Orthogonalizer = options.Orthogonalizer with { Precision = OrthogonalizerPrecision.Bfloat16 } } : options;
    }

    /// <summary>X₀ = (2/n)·U[0,1), row by row.</summary>
    public static float[] Start(int n, ulong seed)
    {
        var random = new CounterRandom(seed, 0);
        return [.. Enumerable.Range(0, n * n).Select(i => 2f / n * random.Single((ulong)i))];
    }

    /// <summary>The loss before every step, and after the last.</summary>
    public double[] Losses()
    {
        var losses = new double[_plan.Steps + 1];
        for (int step = 0; step < _plan.Steps; step++)
        {
            losses[step] = Loss(backward: true);
            Round(_x.GradientData);
            _optimizer.Step();
            Round(_x.Data);
            foreach (StateTensor state in _optimizer.State)
            {
                if (state.Shape.Count > 1) Round(state.Data);
            }
        }
        losses[^1] = Loss(backward: false);
        return losses;
    }

    public void Dispose() => _context.Dispose();

    private double Loss(bool backward)
    {
        _optimizer.ZeroGradients();
        using (_context.BeginStep())
        {
            Tensor loss = (_identity - _x.Tensor.MatMul(_x.Tensor, transposeA: true)).Square().Sum();
            if (backward) loss.Backward();
            return loss.Item();
        }
    }

    private void Round(BufferView values)
    {
        if (_plan.Condition.BFloat16) _context.Backend.RoundToBfloat16(values, _workspace.Slice(0, values.Length));
    }

    private static float[] Identity(int n) => [.. Enumerable.Range(0, n * n).Select(i => i % (n + 1) == 0 ? 1f : 0f)];
}
