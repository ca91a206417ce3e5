using MiniGrad.Memory;

namespace MiniGrad.Tests.Ops;

/// <summary>What ops keep, counted in the arena, over all gradient cases.</summary>
public sealed class TapeMemoryTests
{
    [Fact]
    public void Under_NoGrad_nothing_but_results_is_kept()
    {
        Assert.NotEmpty(GradientBench.All);
        foreach (GradientCase @case in GradientBench.All)
        {
            using var bench = new GradientBench.Bench(@case);
            ComputeContext context = bench.Context;
            int first = context.LiveTensors;
            using StepScope step = context.BeginStep();
            using NoGradScope noGrad = context.NoGrad();
            Tensor result = bench.Evaluate();
            Assert.False(result.RequiresGradient, @case.ToString());
            Assert.True(Results(context, first) == context.Arena.LiveElements, $"{@case}: {context.Arena.LiveElements} elements live, {Results(context, first)} of them results");
        }
    }

    [Fact]
    public void After_the_backward_pass_everything_saved_is_released()
    {
        foreach (GradientCase @case in GradientBench.All)
        {
            using var bench = new GradientBench.Bench(@case, wiring: GradientBench.Wiring.TemporariesTwice);
            ComputeContext context = bench.Context;
            int first = context.LiveTensors;
            using StepScope step = context.BeginStep();
            bench.Evaluate().Sum().Backward();
            Assert.True(Results(context, first) == context.Arena.LiveElements, $"{@case}: {context.Arena.LiveElements} elements live, {Results(context, first)} of them results");
        }
    }

    /// <summary>Elements of the step's tensors, shared data once.</summary>
    private static long Results(ComputeContext context, int first)
    {
        var seen = new HashSet<BufferView>();
        for (int slot = 0; slot < first; slot++) seen.Add(context.NodeAt(slot).Data);
        long elements = 0;
        for (int slot = first; slot < context.LiveTensors; slot++)
        {
            BufferView data = context.NodeAt(slot).Data;
            if (seen.Add(data)) elements += data.Length;
        }
        return elements;
    }
}
