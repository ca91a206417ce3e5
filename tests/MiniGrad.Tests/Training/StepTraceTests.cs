using System.Text.Json.Nodes;
using MiniGrad.Experiments.Running;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Experiments;
using MiniGrad.Tests.Probes;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

/// <summary>Where the time of a step goes.</summary>
public sealed class StepTraceTests
{
    private readonly Keeping _observer = new();

    [Fact]
    public void A_trace_has_every_op_and_stage_and_covers_the_step()
    {
        // The first trace of a process is compiled while it is taken.
        Traced(3).Dispose();
        using TrainingSession session = Traced(7);
        Assert.Equal(7, _observer.Step);
        Assert.Null(session.Context.Trace);
        (string Name, string Category, TimeSpan Start, TimeSpan Length, int Thread)[] spans = [.. _observer.Trace!.Spans];
        TimeSpan step = spans.Single(s => s.Name == "step 7").Length;
        double covered = spans.Where(s => s.Category == "step" && s.Name != "step 7").Sum(s => s.Length.TotalMicroseconds);
        Assert.InRange(covered / step.TotalMicroseconds, 0.7, 1);
        // Two micro-batches; inside of the parts lie the ops and stages.
        Assert.Equal(["backward", "batch", "forward", "metrics", "optimizer"], spans.Where(s => s.Category == "step" && s.Name != "step 7").Select(s => s.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(2, spans.Count(s => s.Name == "forward"));
        Assert.Equal(spans.Count(s => s is { Name: "linear", Category: "forward" }), spans.Count(s => s is { Name: "linear", Category: "backward" }));
        Assert.Contains(spans, s => s is { Name: "linear", Category: "forward" });
        // Four matrices a block, in two blocks.
        Assert.Equal(8, spans.Count(s => s.Category == "optimizer" && s.Name.Contains("orthogonalize", StringComparison.Ordinal)));

        JsonArray events = JsonNode.Parse(_observer.Trace.ToJson().ToJsonString())!["traceEvents"]!.AsArray();
        Assert.Equal(spans.Length, events.Count);
        Assert.All(events, e => Assert.True((string)e!["ph"]! == "X" && (double)e["dur"]! >= 0 && (double)e["ts"]! >= 0 && e["tid"] is not null && e["name"] is not null));
    }

    [Fact]
    public async Task The_program_writes_it_and_refuses_a_step_that_is_none()
    {
        using var folder = new TemporaryFolder();
        string text = folder.File("text.txt", string.Concat(Enumerable.Repeat("A line of text that says little.\n", 300)));
        string[] small = ["train", "--corpus", text, "--profile", "tiny", "--batch", "2", "--steps", "4", "--set", "model.nLayer=1", "--set", "model.nEmbd=16", "--set", "model.nHead=2", "--set", "model.blockSize=16", "--no-progress"];
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(folder.Path, [.. small, "--profile-step", "3", "--out", folder.In("run")]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        string trace = Assert.Single(Directory.GetFiles(folder.In("run"), "trace.json", SearchOption.AllDirectories));
        Assert.Contains($"trace of step 3: {trace}", outcome.Error, StringComparison.Ordinal);
        Assert.NotEmpty(JsonNode.Parse(await File.ReadAllTextAsync(trace, TestContext.Current.CancellationToken))!["traceEvents"]!.AsArray());
        ExperimentsProgram.Outcome refused = await ExperimentsProgram.RunAsync(folder.Path, [.. small, "--profile-step", "5", "--out", folder.In("none")]);
        Assert.True(refused.ExitCode == 2 && refused.ErrorLine == "error: --profile-step 5 is behind the last of 4 steps; use one of them", refused.Error);
    }

    private TrainingSession Traced(int step)
    {
        TrainingSession session = ProbeRig.Session(ProbeRig.Workload(ProbeRig.Settings with { ProfileStep = step, Steps = 8 }));
        session.Trainer.Run(_observer, TestContext.Current.CancellationToken);
        return session;
    }

    private sealed class Keeping : ITrainingObserver
    {
        public long Step { get; private set; }

        public StepTrace? Trace { get; private set; }

        public void Logged(StepMetrics metrics)
        {
        }

        public void Traced(long step, StepTrace trace) => (Step, Trace) = (step, trace);
    }
}
