using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Tests.Experiments;

/// <summary>The time of a step that tables show.</summary>
public sealed class StepSecondsTests
{
    [Fact]
    public void A_pause_and_the_first_step_do_not_count()
    {
        // 5 s to compile, steps of 0.1 s, and a machine that slept for an hour during the fourth.
        Assert.Equal(0.1, StepSeconds.Median([Logged((1, 5), (2, 5.1), (3, 5.2), (4, 3605.2), (5, 3605.3))])!.Value, 6);
    }

    [Fact]
    public void Steps_between_two_logged_ones_share_the_time()
    {
        Assert.Equal(0.2, StepSeconds.Median([Logged((10, 3), (20, 5)), Logged((10, 9), (20, 11))])!.Value, 6);
    }

    [Fact]
    public void One_logged_step_tells_nothing()
    {
        Assert.Null(StepSeconds.Median([Logged((1, 5)), Logged()]));
    }

    private static StepMetrics[] Logged(params (long Step, double Seconds)[] steps) =>
        [.. steps.Select(s => new StepMetrics { Step = s.Step, Tokens = 0, Seconds = s.Seconds, TrainLoss = 0, LearningRate = 0, GradientNorm = 0, UpdateRms = 0 })];
}
