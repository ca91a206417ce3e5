using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Display;
using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Tests.Experiments;

public sealed class PlanProgressTests
{
    [Fact]
    public void Runs_count_by_their_tokens()
    {
        // A run of 1,000 tokens has ended, one of 3,000 is half done: 2,500 of 8,000 tokens in 50 s.
        PlanProgress progress = PlanProgress.Of([Status(1000, RunState.Finished), Status(3000, RunState.Running, step: 50), Status(4000, RunState.Waiting)], TimeSpan.FromSeconds(50));
        Assert.Equal((3, 1, 0.3125), (progress.Runs, progress.Ended, progress.Done));
        Assert.Equal(110, progress.Left!.Value.TotalSeconds, 1e-6);
        Assert.Equal("1 of 3 runs, about 2 min left", PlainLines.Summary(progress));
    }

    [Fact]
    public void What_was_done_before_took_no_time()
    {
        // 4,000 tokens were read, 500 of 1,000 were there: 250 tokens in 10 s, 3,250 are left.
        RunStatus resumed = Status(1000, RunState.Running, step: 75) with { DoneBefore = 0.5 };
        PlanProgress progress = PlanProgress.Of([Status(4000, RunState.Finished) with { DoneBefore = 1 }, resumed, Status(3000, RunState.Waiting)], TimeSpan.FromSeconds(10));
        Assert.Equal(130, progress.Left!.Value.TotalSeconds, 1e-6);
    }

    [Fact]
    public void Too_little_tells_nothing_and_the_end_has_nothing_left()
    {
        Assert.Equal("0 of 2 runs", PlainLines.Summary(PlanProgress.Of([Status(1000, RunState.Running, step: 1), Status(1000, RunState.Waiting)], TimeSpan.FromSeconds(1))));
        Assert.Equal("1 of 1 runs", PlainLines.Summary(PlanProgress.Of([Status(1000, RunState.Diverged, step: 5)], TimeSpan.FromSeconds(1))));
        Assert.Equal("1 of 2 runs, about 20 s left", PlainLines.Summary(PlanProgress.Of([Status(1000, RunState.Finished), Status(1000, RunState.Waiting)], TimeSpan.FromSeconds(20))));
    }

    private static RunStatus Status(long tokens, RunState state, int step = 0) =>
        new(new PlannedRun(Arm.Only, new Variant("v", "muon"), OptimizerOptions.FromPreset("muon"), 1e-3, 0), 100, state, step == 0 ? null : Metrics(step), null) { Tokens = tokens };

    private static StepMetrics Metrics(long step) => new() { Step = step, Tokens = step, Seconds = 1, TrainLoss = 1, LearningRate = 1, GradientNorm = 1, UpdateRms = 1 };
}
