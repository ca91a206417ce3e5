using MiniGrad.Backends.Cpu;
using MiniGrad.Ops;
using MiniGrad.Tensors;
using MiniGrad.Tests.Backends;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

/// <summary>A run that diverges says which op and which tensor were the first that were not finite.</summary>
public sealed class AnomalyTests
{
    [Theory]
    [InlineData("h.0.mlp.c_fc.weight", "linear")]
    [InlineData("h.1.ln_1.weight", "layer")]
    public void The_first_op_of_the_forward_pass_is_named(string parameter, string op)
    {
        // Finite numbers, so large that the op that uses them overflows.
        string reason = Diverge(parameter, 3e38f);
        Assert.Contains("first in the forward pass: the result of ", reason, StringComparison.Ordinal);
        Assert.Contains($"with '{parameter}'", reason, StringComparison.Ordinal);
        Assert.Contains(op, reason, StringComparison.Ordinal);
        Assert.DoesNotContain("before the step", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_was_bad_before_is_named_with_its_place()
    {
        string reason = Diverge("ln_f.weight", float.PositiveInfinity);
        Assert.Contains("before the step the parameter 'ln_f.weight' (64) has +∞ at [0]; first spoilt in the forward pass", reason, StringComparison.Ordinal);
        Assert.Contains("with 'ln_f.weight'", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_gradient_of_a_finite_loss_is_named()
    {
        using var context = new ComputeContext(new CpuBackend());
        Parameter x = context.Parameter("x", [2], ParameterRole.Embedding);
        x.Tensor.CopyFrom([1f, 2f]);
        var detector = new AnomalyDetector(context);
        using (context.BeginStep())
        {
            context.Anomalies = detector;
            // 10¹⁰·10³⁰ overflows on the way back only.
            Tensor loss = Scale.Apply(Scale.Apply(Scale.Apply(x, 1e-38), 1e30), 1e10).Sum();
            Assert.True(float.IsFinite((float)loss.Item()));
            loss.Backward();
            context.Anomalies = null;
        }
        Assert.StartsWith("the backward pass of scale", detector.Found, StringComparison.Ordinal);
        Assert.Contains("has +∞ at [0]", detector.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_replays_the_steps_since_the_last_look()
    {
        using var run = new TinyRun(new FarMemoryBackend(), training: new TrainingOptions { Steps = 4, BatchSize = 1, LogEvery = 2 }, model: SavedRun.Model);
        Set(run, "ln_f.weight", float.NaN);
        TrainingResult result = run.Run(TestContext.Current.CancellationToken);
        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
        Assert.Contains("between steps 1 and 2", result.Reason, StringComparison.Ordinal);
        Assert.Contains("with 'ln_f.weight'", result.Reason, StringComparison.Ordinal);
    }

    private static string Diverge(string parameter, float value)
    {
        using var run = new TinyRun(new CpuBackend(), training: new TrainingOptions { Steps = 4, BatchSize = 2 });
        Set(run, parameter, value);
        TrainingResult result = run.Run(TestContext.Current.CancellationToken);
        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
        Assert.Null(run.Context.Anomalies);
        return result.Reason!;
    }

    private static void Set(TinyRun run, string name, float value)
    {
        Tensor tensor = run.Model.Parameters.First(p => p.Name == name).Tensor;
        float[] values = tensor.ToArray();
        // Every other one negative: sums overflow to both sides.
        for (int i = 0; i < values.Length; i++) values[i] = i % 2 == 0 ? value : -value;
        tensor.CopyFrom(values);
    }
}
