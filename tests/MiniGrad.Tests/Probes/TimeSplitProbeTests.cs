using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Tests.Probes;

public sealed class TimeSplitProbeTests
{
    [Theory]
    [InlineData("adamuon")]
    [InlineData("adamw")]
    [InlineData("muon", "hook=hyperball", "qkClip=1", "stateType=bfloat16")]
    public void The_parts_make_up_the_step_and_nothing_stays_changed(string preset, params string[] changes)
    {
        Workload workload = ProbeRig.Workload();
        using TrainingSession session = ProbeRig.Session(workload, ProbeRig.Run(preset, changes));
        session.Trainer.Run(new ProbeRig.Silent(), TestContext.Current.CancellationToken);
        double[] before = ProbeRig.Everything(session);
        Dictionary<string, double> time = new TimeSplitProbe().Measure(session, workload).ToDictionary(m => m.Key, m => m.Value);
        Assert.Equal(["time-split.forward", "time-split.backward", "time-split.optimizer", "time-split.step"], time.Keys);
        Assert.All(time.Values, seconds => Assert.True(seconds > 0));
        // The rest of a step is the transfer of a batch; both sides are of the same clock readings.
        double parts = time["time-split.forward"] + time["time-split.backward"] + time["time-split.optimizer"];
        Assert.InRange(parts, 0.5 * time["time-split.step"], time["time-split.step"] * (1 + 1e-9));
        Assert.Equal(before, ProbeRig.Everything(session));
        Assert.All(session.Model.Parameters, p => Assert.False(p.HasGradient));
    }

    [Fact]
    public void State_that_a_probe_s_steps_made_is_zero_again()
    {
        Workload workload = ProbeRig.Workload();
        using TrainingSession session = ProbeRig.Session(workload);
        int weights = session.Model.Parameters.Sum(p => (int)p.Shape.Count);
        double[] before = ProbeRig.Everything(session);
        _ = new TimeSplitProbe().Measure(session, workload).ToList();
        double[] after = ProbeRig.Everything(session);
        Assert.True(after.Length > before.Length);
        Assert.Equal(before[..weights], after[..weights]);
        Assert.All(after[weights..^3], value => Assert.Equal(0, value));
    }
}
